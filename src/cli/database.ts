/** The deployment's database itself, for commands that need no service. */
import { checkDatabase, NotGranted, NotMigrated, UnusableDatabase } from '../kernel/index.js';
import { CommandFailed, type CliContext, type OpenDatabase } from './context.js';

/** Raises CommandFailed where there is no database, and for what it refuses. */
export async function withDatabase<Result>(
  context: CliContext,
  work: (opened: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  const { databaseUrl, databaseDirectUrl = databaseUrl } = await context.findGround(await context.loadConfig());
  if (databaseUrl === undefined || databaseDirectUrl === undefined) {
    throw new CommandFailed('There is no database: set DATABASE_URL, or start the service with its own.');
  }
  try {
    await checkDatabase({ databaseUrl, databaseDirectUrl });
    const opened = await context.openDatabase(databaseDirectUrl);
    try {
      return await work(opened);
    } finally {
      await opened.close();
    }
  } catch (error) {
    const isRefusal = error instanceof NotGranted || error instanceof NotMigrated || error instanceof UnusableDatabase;
    throw isRefusal ? new CommandFailed(error.message, { cause: error }) : error;
  }
}

/** Raises CommandFailed for a database of an older release. */
export async function requireMigrated(opened: OpenDatabase): Promise<void> {
  const pending = await opened.pending();
  if (pending.length === 0) return;
  throw new CommandFailed(
    `The database lacks migrations of this release (${pending.length}): run \`npm run migrate\`.`,
  );
}
