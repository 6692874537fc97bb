/** The secrets by which a tenant's receivers know our notices: encrypted, and replaced with a day in which both are valid. */
import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, KeyRing } from '../kernel/index.js';
import { NOTICES, type NoticesSettings } from './notices-config.js';

/** What is shown of a tenant's secret: never itself. Times are PostgreSQL text. */
export interface SecretState {
  readonly createdAt: string;
  /** Until then notices are signed by the one before too. */
  readonly previousUntil: string | null;
}

interface Row extends SecretState {
  readonly tenantId: string;
  readonly secret: string;
  readonly previous: string | null;
}

const SECRET_BYTES = 32;

/** Also tells whether the one before is still valid. */
const COLUMNS = `tenant_id as "tenantId", secret, case when previous_until > clock_timestamp() then previous end as previous,
  case when previous_until > clock_timestamp() then previous_until end as "previousUntil", created_at as "createdAt"`;

@Injectable()
export class NoticeSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger(NoticeSecrets.name);

  constructor(
    @Inject(NOTICES) private readonly settings: NoticesSettings,
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  /** Those that sign a notice, of a tenant or of the operator; none where none was made. */
  async of(tenantId: string | null): Promise<readonly string[]> {
    if (tenantId === null) return this.settings.secrets;
    const row = await this.find(tenantId);
    return row
      ? [row.secret, row.previous].flatMap((text) => (text === null ? [] : [this.opened(tenantId, text)]))
      : [];
  }

  /** Undefined where none was made. */
  state(tenantId: string): Promise<SecretState | undefined> {
    return this.find(tenantId);
  }

  /** Makes a tenant's first secret, or another one. The only answer that ever has it. */
  async replace(tenantId: string): Promise<SecretState & { readonly secret: string }> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const [row] = await this.database.query<Row>(
      `insert into notice_secret (tenant_id, secret) values ($1, $2)
       on conflict (tenant_id) do update set secret = excluded.secret, previous = notice_secret.secret,
         previous_until = clock_timestamp() + interval '24 hours', created_at = clock_timestamp()
       returning ${COLUMNS}`,
      [tenantId, this.keys.encrypt(secret, contextOf(tenantId))],
    );
    if (!row) throw new Error('an insert answers its row');
    return { secret, createdAt: row.createdAt, previousUntil: row.previousUntil };
  }

  /** A ring only changes with a restart: then secrets move under its first key, so that the old one may be removed. */
  async onApplicationBootstrap(): Promise<void> {
    const rows = await this.database.query<Row>(`select ${COLUMNS} from notice_secret`);
    const stale = rows.filter(({ secret, previous }) =>
      [secret, previous].some((text) => text !== null && this.keys.isStale(text)),
    );
    for (const { tenantId } of stale) await this.attempt(tenantId);
  }

  /** What cannot be decrypted stays: it concerns one tenant, and must not keep the service down. */
  private async attempt(tenantId: string): Promise<void> {
    try {
      await this.move(tenantId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error';
      this.logger.error(`The notice secret of tenant ${tenantId} stays under its old key: ${reason}`);
    }
  }

  private move(tenantId: string): Promise<void> {
    return this.database.transaction(async () => {
      const row = await this.find(tenantId, 'for update');
      if (!row) return;
      const [secret, previous] = [row.secret, row.previous].map(
        (text) => text && this.keys.encrypt(this.opened(tenantId, text), contextOf(tenantId)),
      );
      await this.database.query(`update notice_secret set secret = $2, previous = $3 where tenant_id = $1`, [
        tenantId,
        secret,
        previous,
      ]);
    });
  }

  private async find(tenantId: string, lock = ''): Promise<Row | undefined> {
    const [row] = await this.database.query<Row>(`select ${COLUMNS} from notice_secret where tenant_id = $1 ${lock}`, [
      tenantId,
    ]);
    return row;
  }

  private opened(tenantId: string, text: string): string {
    return this.keys.decrypt(text, contextOf(tenantId));
  }
}

const contextOf = (tenantId: string): string => `notice_secret:${tenantId}`;
