/** Whom a tenant wants to be told when marketing from one of its senders is paused. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Language, NoticeTargets } from '../notices/index.js';
import { BILLED_TENANTS } from '../tenants/index.js';

/** A tenant and whom it wants to be told: nobody, until it says so. */
export interface SenderWatch {
  readonly tenantName: string;
  readonly targets: NoticeTargets;
}

interface Row {
  readonly name: string;
  readonly notify_emails: readonly string[] | null;
  readonly notify_url: string | null;
  readonly notify_language: Language | null;
}

@Injectable()
export class SenderWatches {
  constructor(private readonly database: Database) {}

  async of(tenantId: string): Promise<SenderWatch> {
    const [row] = await this.database.query<Row>(
      `select name, notify_emails, notify_url, notify_language
       from ${BILLED_TENANTS} as tenant left join sender_watch as watch on watch.tenant_id = tenant.id where tenant.id = $1`,
      [tenantId],
    );
    return {
      tenantName: row?.name ?? '',
      targets: {
        emails: row?.notify_emails ?? [],
        url: row?.notify_url ?? null,
        language: row?.notify_language ?? 'en',
      },
    };
  }

  async put(tenantId: string, { emails, url, language }: NoticeTargets): Promise<void> {
    await this.database.query(
      `insert into sender_watch (tenant_id, notify_emails, notify_url, notify_language) values ($1, $2, $3, $4)
       on conflict (tenant_id) do update set notify_emails = excluded.notify_emails, notify_url = excluded.notify_url,
         notify_language = excluded.notify_language`,
      [tenantId, emails, url, language],
    );
  }
}
