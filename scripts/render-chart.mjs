// Renders the Helm chart with each of its ci/*-values.yaml into test/deployment/chart/, which the tests read: they need no Helm.
// Needs Helm 3, as `helm` or by the variable HELM.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..');
const chart = join(root, 'deploy', 'helm', 'callboard');
const rendered = join(root, 'test', 'deployment', 'chart');

/** The names of the renderings: one for each ci/NAME-values.yaml. */
export const renderings = () => readdirSync(join(chart, 'ci')).map((file) => file.replace(/-values\.yaml$/, ''));

/** Of every file of the chart, name and content: a rendering of another state of it is told by this. */
export function chartDigest() {
  const files = readdirSync(chart, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path.slice(chart.length)}\n${readFileSync(path, 'utf8')}\n`);
  return hash.digest('hex');
}

/** The program: Helm 3. */
export const helm = process.env.HELM ?? 'helm';

/** What it is called with for a rendering. */
export const templateArguments = (name) => [
  'template',
  'callboard',
  chart,
  '--namespace',
  'messages',
  '--values',
  join(chart, 'ci', `${name}-values.yaml`),
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(rendered, { recursive: true });
  for (const name of renderings()) {
    const manifests = execFileSync(helm, templateArguments(name), { encoding: 'utf8' });
    writeFileSync(join(rendered, `${name}.yaml`), `# chart: ${chartDigest()}\n${manifests}`);
  }
}
