/** `npm run rehearse:upgrade`, `rehearse:failover`, `rehearse:restore`: what is done to a deployment some day, done while it sends. */
import { parseArgs } from 'node:util';
import { failover } from './failover.js';
import { NoRelease } from './last-release.js';
import { restore } from './restore.js';
import { say } from './steps.js';
import { upgrade } from './upgrade.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true, // the command's own name, and which rehearsal
  options: {
    messages: { type: 'string', default: '20000' },
    from: { type: 'string' },
    failover: { type: 'boolean', default: false },
  },
});

const { messages: size, from, failover: fails } = options;
if (!/^[1-9]\d*$/.test(size)) throw new Error(`"${size}" is not a number from 1`);
const messages = Number(size);
const REHEARSALS: Readonly<Record<string, () => Promise<boolean>>> = {
  upgrade: () => upgrade(messages, { from, failover: fails }),
  failover: () => failover(messages),
  restore: () => restore(messages),
};

const rehearsal = REHEARSALS[positionals[1] ?? ''];
if (!rehearsal) throw new Error(`There is no such rehearsal: use one of ${Object.keys(REHEARSALS).join(', ')}`);
try {
  process.exitCode = (await rehearsal()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof NoRelease)) throw error;
  say(`Left out: ${error.message}.`);
}
