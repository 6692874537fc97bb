/**
 * `npm run generate`: writes openapi.json, schema.sql, the provider variables in docs/configuration.md and the alert rules in deploy/; with `-- --check` it
 * only reports which of them are stale.
 */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { datadogMonitors, grafanaDashboard, prometheusRules } from './alerts/index.js';
import { prepareApp } from './app.ground.js';
import { withProviderVariables } from './app.docs.js';
import { AppModule } from './app.module.js';
import { createHttpApp } from './kernel/service/http-app.js';
import { Database } from './kernel/index.js';
import { openApiDocument } from './kernel/openapi/openapi.js';
import { dumpSchema } from './kernel/postgres/schema-dump.js';

const ROOT = resolve(import.meta.dirname, '../..');
const GUIDE = 'docs/configuration.md';

/** The expected content of the files, from the real application in sandbox mode on its own empty database. */
async function generate(): Promise<Record<string, string>> {
  const home = await mkdtemp(join(tmpdir(), 'callboard-generate-'));
  await chmod(home, 0o755); // under root, the server runs as another user, who must be able to read its data
  const ground = await prepareApp({ CALLBOARD_HOME: home, CALLBOARD_ROLE: 'api', LOG_LEVEL: 'error' });
  try {
    const app = await createHttpApp(AppModule.forRoot(ground.config), ground.config);
    await app.init();
    const database = app.get(Database);
    const files = {
      'openapi.json': `${JSON.stringify(openApiDocument(app), null, 2)}\n`,
      'schema.sql': await dumpSchema((sql) => database.query(sql)),
      [GUIDE]: withProviderVariables(await readFile(join(ROOT, GUIDE), 'utf8')),
      'deploy/prometheus/alerts.yml': prometheusRules(),
      'deploy/datadog/monitors.json': datadogMonitors(),
      'deploy/grafana/dashboards/callboard.json': grafanaDashboard(),
    };
    await app.close();
    return files;
  } finally {
    await ground.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function isStale(file: string, content: string): Promise<boolean> {
  const present = await readFile(join(ROOT, file), 'utf8').catch(() => undefined);
  return present !== content;
}

const checkOnly = process.argv.includes('--check');
for (const [file, content] of Object.entries(await generate())) {
  if (!(await isStale(file, content))) continue;
  if (checkOnly) {
    process.stderr.write(`${file} is stale: run \`npm run generate\` and commit it.\n`);
    process.exitCode = 1;
  } else {
    await writeFile(join(ROOT, file), content);
    process.stdout.write(`${file} is written anew.\n`);
  }
}
