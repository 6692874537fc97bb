// Builds if a source is newer than dist/, then runs the service or one of its commands in this process.
import { build, isFresh } from './build.mjs';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Callboard runs on Node 24, which \`npm ci\` brings along: start it with \`npm start\`, not with Node ${process.versions.node}.\n`,
  );
  process.exit(1);
}

const ENTRY = {
  serve: 'bundle/main',
  migrate: 'bundle/main.migrate',
  demo: 'src/demo/main',
  callboard: 'bundle/main.cli',
  generate: 'src/main.generate',
  bench: 'bench/main',
  simulate: 'bench/simulation/main',
  chaos: 'chaos/main',
  fuzz: 'fuzz/main',
  rehearse: 'rehearsals/main',
};
const [command = 'serve'] = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const entry = ENTRY[command];
if (!entry) {
  process.stderr.write(`There is no command "${command}": use one of ${Object.keys(ENTRY).join(', ')}.\n`);
  process.exit(1);
}
if (!(await isFresh())) await build();
await import(`../dist/${entry}.js`);
