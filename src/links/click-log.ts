/** Writes clicks down, each once, and tells the ledger of those that are new. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { EngagementLog, MESSAGES } from '../ledger/index.js';
import { TEMPLATE_VERSIONS } from '../templates/index.js';
import type { Channel } from '../tenants/index.js';
import { clickKey, type Click } from './click.js';
import { isTooSoon } from './too-soon.rules.js';

/** The message of a click. */
interface About {
  readonly id: string;
  readonly tenant_id: string;
  readonly channel: Channel;
  readonly campaign_id: string | null;
  readonly template_id: string | null;
  /** When it left; its first attempt where that is not known yet. As PostgreSQL text. */
  readonly left_at: string | null;
}

/** Each is looked up by its id, however many the planner expects. */
const ABOUT = `
  select message.id, message.tenant_id, channel, campaign_id, template_id, coalesce(sent_at, first_attempt_at) as left_at
  from unnest($1::uuid[]) as asked (id)
  cross join lateral (select * from ${MESSAGES} as message where message.id = asked.id limit 1) as message
  left join ${TEMPLATE_VERSIONS} as version on version.id = template_version_id`;

/** In order, so that concurrent statements do not deadlock. */
const ADD = `
  insert into link_click (message_id, link_id, by_machine, tenant_id, campaign_id, template_id, clicked_at)
  select * from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[])
    as click (message_id, link_id, by_machine, tenant_id, campaign_id, template_id, clicked_at)
  order by message_id, link_id, by_machine
  on conflict (message_id, link_id, by_machine) do nothing
  returning message_id as "messageId", link_id as "linkId", by_machine as "byMachine"`;

@Injectable()
export class ClickLog {
  constructor(
    private readonly database: Database,
    private readonly engagement: EngagementLog,
  ) {}

  /** The first click of people on a link of a message, and the first of machines, are events of the ledger; all others are not. May be repeated. */
  async record(clicks: readonly Click[]): Promise<void> {
    await this.database.transaction(async () => {
      const judged = await this.judged(clicks);
      if (judged.size === 0) return;
      const fresh = await this.add([...judged.values()]);
      await this.engagement.record(
        fresh.flatMap((click) => {
          const { messageId, byMachine } = click;
          const occurredAt = judged.get(clickKey(click))?.click.at;
          return [{ messageId, kind: byMachine ? 'machine_clicked' : 'clicked', occurredAt }];
        }),
        'link',
      );
    });
  }

  /** Without those of messages that are no more, or of another tenant than the link; the first of several alike. */
  private async judged(
    clicks: readonly Click[],
  ): Promise<Map<string, { readonly click: Click; readonly about: About }>> {
    const ids = [...new Set(clicks.map(({ messageId }) => messageId))];
    const rows = await this.database.query<About>(ABOUT, [ids]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const judged = new Map<string, { click: Click; about: About }>();
    for (const given of clicks) {
      const about = byId.get(given.messageId);
      if (about?.tenant_id !== given.tenantId) continue;
      const leftAt = about.left_at === null ? given.at : new Date(about.left_at);
      const click = { ...given, byMachine: given.byMachine || isTooSoon(about.channel, given.at, leftAt) };
      const key = clickKey(click);
      if (!judged.has(key)) judged.set(key, { click, about });
    }
    return judged;
  }

  private add(
    judged: readonly { readonly click: Click; readonly about: About }[],
  ): Promise<Pick<Click, 'messageId' | 'linkId' | 'byMachine'>[]> {
    return this.database.query(ADD, [
      judged.map(({ click }) => click.messageId),
      judged.map(({ click }) => click.linkId),
      judged.map(({ click }) => click.byMachine),
      judged.map(({ click }) => click.tenantId),
      judged.map(({ about }) => about.campaign_id),
      judged.map(({ about }) => about.template_id),
      judged.map(({ click }) => click.at),
    ]);
  }
}
