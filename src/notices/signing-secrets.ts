/** Secrets that sign what is posted: encrypted, and replaced with a day in which both are valid. */
import { randomBytes } from 'node:crypto';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { errorLine, type Database, type KeyRing } from '../kernel/index.js';

/** What is shown of a secret: never itself. Times are PostgreSQL text. */
export interface SecretState {
  readonly createdAt: string;
  /** Until then posts are signed by the one before too. */
  readonly previousUntil: string | null;
}

/** A secret that was just made: the only answer that ever has it. */
export type NewSecret = SecretState & { readonly secret: string };

interface Row extends SecretState {
  readonly owner: string;
  readonly secret: string;
  readonly previous: string | null;
}

/** A table of secrets, with the columns `secret`, `previous`, `previous_until` and `created_at`. */
interface SecretTable {
  readonly name: string;
  /** The column of whose they are: its primary key. */
  readonly owner: string;
}

const SECRET_BYTES = 32;

export abstract class SigningSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger(this.constructor.name);
  /** Also tells whether the one before is still valid. */
  private readonly columns: string;

  constructor(
    private readonly table: SecretTable,
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {
    this.columns = `${table.owner} as owner, secret, case when previous_until > clock_timestamp() then previous end as previous,
      case when previous_until > clock_timestamp() then previous_until end as "previousUntil", created_at as "createdAt"`;
  }

  /** Those that sign for an owner, the newest first; none where none was made. */
  protected async ofOwner(owner: string): Promise<readonly string[]> {
    const row = await this.find(owner);
    return row ? [row.secret, row.previous].flatMap((text) => (text === null ? [] : [this.opened(owner, text)])) : [];
  }

  /** Undefined where none was made. */
  state(owner: string): Promise<SecretState | undefined> {
    return this.find(owner);
  }

  /** Makes an owner's first secret, or another one. */
  async replace(owner: string): Promise<NewSecret> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const { name, owner: column } = this.table;
    const [row] = await this.database.query<Row>(
      `insert into ${name} (${column}, secret) values ($1, $2)
       on conflict (${column}) do update set secret = excluded.secret, previous = ${name}.secret,
         previous_until = clock_timestamp() + interval '24 hours', created_at = clock_timestamp()
       returning ${this.columns}`,
      [owner, this.keys.encrypt(secret, this.contextOf(owner))],
    );
    if (!row) throw new Error('an insert answers its row');
    return { secret, createdAt: row.createdAt, previousUntil: row.previousUntil };
  }

  /** With each start and each new ring secrets move under its first key, so that the old one may be removed. */
  async onApplicationBootstrap(): Promise<void> {
    this.keys.onReplaced(() => {
      this.moveAll().catch((error: unknown) =>
        this.logger.warn(`Signing secrets are moved at the next start: ${errorLine(error)}`),
      );
    });
    await this.moveAll();
  }

  private async moveAll(): Promise<void> {
    const rows = await this.database.query<Row>(`select ${this.columns} from ${this.table.name}`);
    const stale = rows.filter(({ secret, previous }) =>
      [secret, previous].some((text) => text !== null && this.keys.isStale(text)),
    );
    for (const { owner } of stale) await this.attempt(owner);
  }

  /** What cannot be decrypted stays: it concerns one owner, and must not keep the service down. */
  private async attempt(owner: string): Promise<void> {
    try {
      await this.move(owner);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error';
      this.logger.error(`A signing secret, ${this.contextOf(owner)}, stays under its old key: ${reason}`);
    }
  }

  private move(owner: string): Promise<void> {
    return this.database.transaction(async () => {
      const row = await this.find(owner, 'for update');
      if (!row) return;
      const [secret, previous] = [row.secret, row.previous].map(
        (text) => text && this.keys.encrypt(this.opened(owner, text), this.contextOf(owner)),
      );
      const { name, owner: column } = this.table;
      await this.database.query(`update ${name} set secret = $2, previous = $3 where ${column} = $1`, [
        owner,
        secret,
        previous,
      ]);
    });
  }

  private async find(owner: string, lock = ''): Promise<Row | undefined> {
    const { name, owner: column } = this.table;
    const [row] = await this.database.query<Row>(`select ${this.columns} from ${name} where ${column} = $1 ${lock}`, [
      owner,
    ]);
    return row;
  }

  private opened(owner: string, text: string): string {
    return this.keys.decrypt(text, this.contextOf(owner));
  }

  private contextOf(owner: string): string {
    return `${this.table.name}:${owner}`;
  }
}
