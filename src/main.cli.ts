/** `npm run callboard -- <command>`: the command line, see docs/cli.md. */
import { cliContext } from './app.cli.js';
import { runCli } from './cli/index.js';

/** Behind the name of this command, which `npm run` passes on. */
const args = process.argv.slice(process.argv[2] === 'callboard' ? 3 : 2);

// The reader may go away, as `head` does: what it no longer reads is not written.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await runCli(args, cliContext({ out: process.stdout, err: process.stderr }));
