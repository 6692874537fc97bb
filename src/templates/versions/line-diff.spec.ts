import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unifiedDiff } from './line-diff.js';

describe('The difference of two texts', () => {
  test('shows what changed with three lines around it', () => {
    const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm'].join('\n');
    const after = before.replace('a', 'A').replace('m', 'm\nn');
    expect(unifiedDiff(before, after)).toBe(
      ['@@ -1,4 +1,4 @@', '-a', '+A', ' b', ' c', ' d', '@@ -11,3 +11,4 @@', ' k', ' l', ' m', '+n'].join('\n'),
    );
    expect(unifiedDiff(before, before)).toBe('');
    expect(unifiedDiff('', 'a\nb')).toBe('@@ -0,0 +1,2 @@\n+a\n+b');
  });

  test('is one that patch(1) can apply', () => {
    const folder = mkdtempSync(join(tmpdir(), 'line-diff-'));
    const file = join(folder, 'text');
    const line = fc.constantFrom('a', 'b', 'c', ' ');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), fc.array(line, { maxLength: 14 }), (one, other) => {
        const [before, after] = [one, other].map((lines) => lines.map((text) => `${text}\n`).join(''));
        const difference = unifiedDiff(one.join('\n'), other.join('\n'));
        if (difference === '') return expect(after).toBe(before);
        writeFileSync(file, before ?? '');
        const patch = `--- text\n+++ text\n${difference}\n`;
        const patched = execFileSync('patch', ['-s', '-o', '-', file], { input: patch, encoding: 'utf8' });
        expect(patched).toBe(after);
      }),
      { numRuns: 40 },
    );
    rmSync(folder, { recursive: true });
  });

  test('takes no more than moments for any two texts', () => {
    const lines = (letter: string) => Array.from({ length: 60_000 }, (_, at) => `${letter}${at}`).join('\n');
    expect(unifiedDiff(lines('a'), lines('b')).split('\n')).toHaveLength(120_001);
  });
});
