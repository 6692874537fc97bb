/** What is shipped beside our own code: licences, advisories, the bill of materials, and the image's base. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeAdvisories, unallowedLicences } from '../../scripts/supply-chain.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const lockfile = JSON.parse(read('package-lock.json')) as Parameters<typeof unallowedLicences>[0];

describe('Licences', () => {
  test('of all that is shipped are allowed', () => {
    expect(unallowedLicences(lockfile)).toEqual([]);
    expect(Object.keys(lockfile.packages).length).toBeGreaterThan(500);
  });

  test('that are not are named with their packages; tools alone may have others', () => {
    const packages = {
      '': { license: 'none of theirs' },
      'node_modules/free': { license: '(MIT OR GPL-3.0-only)' },
      'node_modules/both': { license: '(MIT AND GPL-3.0-only)' },
      'node_modules/copyleft': { license: 'AGPL-3.0-only' },
      'node_modules/a/node_modules/@scope/silent': {},
      'node_modules/tool': { license: 'GPL-3.0-only', dev: true },
    };
    expect(unallowedLicences({ packages })).toEqual([
      'both: (MIT AND GPL-3.0-only)',
      'copyleft: AGPL-3.0-only',
      '@scope/silent: none',
    ]);
  });
});

describe('Advisories', () => {
  const via = { severity: 'high', name: 'parser', title: 'Reads too far', url: 'https://github.com/advisories/GHSA-1' };
  const report = {
    vulnerabilities: {
      parser: { via: [via, { ...via, severity: 'moderate', url: 'https://github.com/advisories/GHSA-2' }] },
      user: { via: ['parser'] },
    },
  };
  const judged = (...allowed: { id: string; reason?: string; until?: string }[]): string[] =>
    judgeAdvisories(report, { allowed }, '2026-12-01');

  test('that are grave fail, until somebody allows them with a reason and an end', () => {
    expect(judged()).toEqual(['GHSA-1 in parser: Reads too far']);
    expect(judged({ id: 'GHSA-1', reason: 'we parse nothing of others', until: '2026-12-01' })).toEqual([]);
  });

  test.each([
    [{ reason: 'known', until: '2026-11-30' }, 'GHSA-1 was allowed until 2026-11-30'],
    [{ reason: ' ', until: '2027-01-01' }, 'GHSA-1 is allowed for no reason'],
    [{ reason: 'known' }, 'GHSA-1 is allowed without an end: until, as 2027-01-31'],
  ])('are not allowed by %j', (entry, problem) => {
    expect(judged({ id: 'GHSA-1', ...entry })).toEqual([problem]);
  });

  test('of our list are judged where the database of advisories cannot be asked, too', () => {
    const list = JSON.parse(read('.ci/advisories.json')) as Parameters<typeof judgeAdvisories>[1];
    expect(judgeAdvisories({}, list, new Date().toISOString().slice(0, 10))).toEqual([]);
  });
});

test('The bill of materials is CycloneDX, and has each shipped package with its version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-sbom-'));
  try {
    const file = join(folder, 'sbom.json');
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'supply-chain.mjs'), 'sbom', file]);
    const bill = JSON.parse(readFileSync(file, 'utf8')) as {
      bomFormat: string;
      specVersion: string;
      components: { type: string; name: string; version: string; purl: string; 'bom-ref': string }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) });
    const refs = bill.components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    for (const { name, version, purl } of bill.components) {
      expect([name, purl]).toEqual([name, expect.stringMatching(new RegExp(`^pkg:npm/.+@${version}$`))]); // an alias has another's name
    }
    const known = new Set(refs);
    const unknown = bill.dependencies.flatMap(({ dependsOn }) => dependsOn.filter((ref) => !known.has(ref)));
    expect(unknown).toEqual([]);
    expect(refs.filter((ref) => ref.startsWith('fastify@'))).toHaveLength(1);
    expect(refs.filter((ref) => ref.startsWith('jest@'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('The Dockerfile', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');

  test('becomes another user before it runs anything, and ships what was laid out alone', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last.filter((line) => /^(?:COPY|ADD) /.test(line))).toEqual(['COPY --from=build /image ./']);
    expect(last.filter((line) => /npm (?:ci|install)/.test(line))).toEqual([]);
    expect(last.findIndex((line) => line.startsWith('USER '))).toBeLessThan(
      last.findIndex((line) => line.startsWith('CMD ')),
    );
  });
});

describe('The threat model', () => {
  test('leads to what it names: code and tests', () => {
    const links = [...read('docs/threat-model.md').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, target = '']) => target,
    );
    const missing = links.filter((target) => !target.startsWith('http') && !existsSync(join(ROOT, 'docs', target)));
    expect(missing).toEqual([]);
  });

  test('has a test for each threat', () => {
    const rows = read('docs/threat-model.md')
      .split('\n')
      .filter((line) => /^\| T\d+ /.test(line));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => !/\]\(\.\.\/(?:test|src)\/[^)]*\.spec\.ts\)/.test(row))).toEqual([]);
  });
});
