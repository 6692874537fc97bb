// What comes with our dependencies: known advisories, licences, and the bill of materials.
//   node scripts/supply-chain.mjs advisories | licences | sbom [file]
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const LARGE = { cwd: root, maxBuffer: 64 * 1024 * 1024 };

/** Licences that may be in what is shipped: none asks for the source of our own code. */
export const ALLOWED_LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];
/** What packages say in words of their own, as somebody read their licence files. */
const READ_BY_US = { 'png-js': 'MIT', slick: 'MIT' };
const GRAVE = ['high', 'critical'];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The name of a package by its place in the lockfile. */
const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** An expression of SPDX is allowed if one side of each `OR`, and both of each `AND`, are. */
function isAllowed(expression) {
  const text = expression.replace(/^\(|\)$/g, '');
  if (text.includes(' AND ')) return text.split(' AND ').every(isAllowed);
  return text.split(' OR ').some((licence) => ALLOWED_LICENCES.includes(licence));
}

/** `name: licence` of each package that is shipped under a licence that is not allowed. */
export function unallowedLicences({ packages }) {
  return Object.entries(packages)
    .filter(([place, { dev, devOptional }]) => place !== '' && !dev && !devOptional)
    .map(([place, { license }]) => [nameOf(place), READ_BY_US[nameOf(place)] ?? license ?? 'none'])
    .filter(([, licence]) => !isAllowed(licence))
    .map(([name, licence]) => `${name}: ${licence}`);
}

/**
 * What is wrong, given the report of `npm audit`, the allow-list and today's date: grave advisories that are not on the list, and entries of it
 * that have ended, or give no reason or no day.
 */
export function judgeAdvisories({ vulnerabilities = {} }, { allowed }, today) {
  const advisories = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === 'object' && GRAVE.includes(via.severity))
    .map(({ url, name, title }) => ({ id: url.slice(url.lastIndexOf('/') + 1), name, title }));
  const found = new Map(advisories.map((advisory) => [advisory.id, advisory]));
  const listed = new Set(allowed.map(({ id }) => id));
  return [
    ...[...found.values()]
      .filter(({ id }) => !listed.has(id))
      .map(({ id, name, title }) => `${id} in ${name}: ${title}`),
    ...allowed.flatMap(({ id, reason, until }) => {
      if (typeof reason !== 'string' || reason.trim() === '') return `${id} is allowed for no reason`;
      if (!DAY.test(until)) return `${id} is allowed without an end: until, as 2027-01-31`;
      return until < today ? `${id} was allowed until ${until}` : [];
    }),
  ];
}

/** What `npm audit` answers, for what is shipped; undefined where its database cannot be asked. Raises an Error for anything else. */
async function npmAudit() {
  const report = JSON.parse((await auditText()) || '{}');
  if (report.auditReportVersion !== undefined) return report;
  if (report.error !== undefined || report.message !== undefined) return undefined;
  throw new Error('npm audit says nothing that can be read');
}

async function auditText() {
  try {
    return (await run('npm', ['audit', '--omit=dev', '--json'], LARGE)).stdout;
  } catch (error) {
    return error.stdout; // it ends with 1 where it finds something
  }
}

const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

async function checkAdvisories() {
  const allowed = read('.ci/advisories.json');
  const report = await npmAudit();
  // The list is judged in any case: an entry that has ended fails offline too.
  const problems = judgeAdvisories(report ?? {}, allowed, new Date().toISOString().slice(0, 10));
  if (!report) process.stdout.write('NOT CHECKED: the advisory database of the npm registry does not answer here.\n');
  return problems;
}

async function writeSbom(file = 'sbom.cdx.json') {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  const { stdout } = await run('npm', args, LARGE);
  writeFileSync(file, stdout);
  process.stdout.write(`${JSON.parse(stdout).components.length} components are in ${file}.\n`);
  return [];
}

const COMMANDS = {
  advisories: checkAdvisories,
  licences: () => unallowedLicences(read('package-lock.json')),
  sbom: writeSbom,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , name, ...rest] = process.argv;
  const command = COMMANDS[name];
  if (!command) throw new Error(`Name one of ${Object.keys(COMMANDS).join(', ')}`);
  const problems = await command(...rest);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
