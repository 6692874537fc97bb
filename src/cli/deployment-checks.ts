/** What a deployment stands on: its database, its queue, and where it is reached. */
import {
  checkDatabase,
  DeploymentFacts,
  pingRedis,
  PublicUrl,
  sqlStateOf,
  UnusableDatabase,
  type Database,
  type FoundGround,
} from '../kernel/index.js';
import { clockFinding } from '../providers/index.js';
import type { CliConfig, CliContext, OpenDatabase } from './context.js';
import { callOnce } from './post.js';
import type { Report } from './report.js';
import { inWords } from './webhook-refusals.js';

const MIGRATE = 'Start the service, or run `npm run migrate`.';

/** The database, if it answers and has the tables of this release: close it. */
export async function examineDatabase(
  context: CliContext,
  { databaseUrl, databaseDirectUrl = databaseUrl }: FoundGround,
  report: Report,
): Promise<OpenDatabase | undefined> {
  if (databaseUrl === undefined || databaseDirectUrl === undefined) {
    const advice = 'Start the service with `npm start`, and ask again.';
    report.add('database', { subject: '', result: 'failed', detail: 'the embedded database does not run', advice });
    return undefined;
  }
  try {
    await checkDatabase({ databaseUrl, databaseDirectUrl });
  } catch (error) {
    if (!(error instanceof UnusableDatabase)) throw error;
    const advice = 'docs/configuration.md#database-and-queue says what it needs.';
    report.add('database', { subject: '', result: 'failed', detail: error.message, advice });
    return undefined;
  }
  report.add('database', { subject: '', result: 'ok', detail: 'answers, and can be written to' });
  const opened = await context.openDatabase(databaseDirectUrl);
  const isMigrated = await examineMigrations(opened, report);
  await examineClock(opened.database, report);
  if (isMigrated) return opened;
  await opened.close();
  return undefined;
}

async function examineMigrations(opened: OpenDatabase, report: Report): Promise<boolean> {
  try {
    const pending = await opened.pending();
    const isDone = pending.length === 0;
    const detail = isDone ? 'none pending' : `${pending.length} pending, from ${pending[0]}`;
    report.add('database', {
      subject: 'migrations',
      ...(isDone ? { result: 'ok', detail } : { result: 'failed', detail, advice: MIGRATE }),
    });
    return isDone;
  } catch (error) {
    const detail = `cannot be read (${sqlStateOf(error) ?? 'no answer'})`;
    report.add('database', { subject: 'migrations', result: 'failed', detail, advice: MIGRATE });
    return false;
  }
}

async function examineClock(database: Database, report: Report): Promise<void> {
  const askedAt = Date.now();
  const [row] = await database.query<{ at: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at',
  );
  if (row) report.add('database', clockFinding(row.at, askedAt, Date.now()));
}

/** Redis, if the queue is there. */
export async function examineQueue({ queueUrl }: Pick<CliConfig, 'queueUrl'>, report: Report): Promise<void> {
  if (queueUrl === undefined) return report.add('queue', { subject: '', result: 'ok', detail: 'in the database' });
  try {
    await pingRedis(queueUrl);
    report.add('queue', { subject: '', result: 'ok', detail: 'Redis answers' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no answer';
    const advice = 'Start the server of QUEUE_URL, or fix the URL: until then messages leave more slowly.';
    report.add('queue', { subject: '', result: 'failed', detail: `Redis does not answer: ${reason}`, advice });
  }
}

/** The public address, if it is known. */
export async function examinePublicUrl(
  config: CliConfig,
  database: Database | undefined,
  report: Report,
): Promise<string | undefined> {
  const base = await publicUrlOf(config, database);
  if (base === undefined) {
    const detail = 'not known to this worker';
    report.add('public URL', { subject: '', result: 'failed', detail, advice: 'Set PUBLIC_URL for workers too.' });
    return undefined;
  }
  if (!config.sandbox && !isPublic(base)) {
    const advice = 'Set PUBLIC_URL to an https address that providers reach: see docs/webhooks.md#behind-a-proxy.';
    report.add('public URL', { subject: '', result: 'warning', detail: `${base} is not public, or not https`, advice });
  }
  const answer = await callOnce(`${base}/health/live`);
  if (answer.status === 200) report.add('public URL', { subject: '', result: 'ok', detail: `${base} answers` });
  else {
    const advice = 'Does an api process run, and does the proxy lead to it?';
    const detail = `${base}/health/live: ${inWords(answer)}`;
    report.add('public URL', { subject: '', result: 'failed', detail, advice });
  }
  return base;
}

/** A worker without PUBLIC_URL has it from the database. */
async function publicUrlOf(config: CliConfig, database: Database | undefined): Promise<string | undefined> {
  if (config.role !== 'worker' || config.publicUrlGiven) return config.publicUrl;
  if (!database) return undefined;
  return new PublicUrl(config, new DeploymentFacts(database)).get().catch((error: unknown) => {
    if (error instanceof Error && error.name === 'PublicUrlUnknown') return undefined;
    throw error;
  });
}

const LOOPBACK = /^(127\.|localhost$|\[::1\]$)/;

function isPublic(base: string): boolean {
  const { protocol, hostname } = new URL(base);
  return protocol === 'https:' && !LOOPBACK.test(hostname);
}
