/** Tells people, once a day, of daily caps for which messages wait. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Metrics, Scheduled } from '../../kernel/index.js';
import { Notices, type Language, type Letter, type NewNotice } from '../../notices/index.js';
import { DailyCapStore, type CapRow } from './daily-cap-store.js';

@Injectable()
export class DailyCapsSchedule implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly store: DailyCapStore,
    private readonly notices: Notices,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      { name: 'callboard.stopped_daily_caps', help: 'Daily caps for which messages wait that they have no room for' },
      async () => [{ value: await this.store.countStopped() }],
    );
  }

  @Scheduled({ name: 'watch-daily-caps', everyMs: 5_000 })
  async watch(): Promise<void> {
    const stopped = await this.store.stopped();
    if (stopped.length === 0) return;
    await this.database.transaction(async () => {
      const news = await this.store.tell(stopped);
      for (const cap of stopped) if (news.has(cap.id)) await this.notices.write(noticeOf(cap));
    });
  }
}

const noticeOf = (cap: CapRow): NewNotice => ({
  kind: 'daily_cap.reached',
  subject: `${cap.id} ${cap.today}`,
  tenantId: cap.tenant_id,
  payload: {
    tenantName: cap.tenant_name,
    channel: cap.channel,
    category: cap.category,
    limit: cap.messages,
    day: cap.today,
  },
  letters: { en: letter(cap, 'en'), de: letter(cap, 'de') },
  targets: { emails: cap.notify_emails, url: cap.notify_url, language: cap.notify_language },
  toOperator: true,
});

const CATEGORY_WORDS = { transactional: 'transaktionalen Nachrichten', marketing: 'Werbenachrichten' } as const;

function letter({ tenant_name: tenant, channel, category, messages, today }: CapRow, language: Language): Letter {
  return language === 'de'
    ? {
        subject: `Tageslimit erreicht: ${tenant}, ${today}`,
        blocks: [
          `${tenant} hat am ${today} das Tageslimit von ${messages ?? 0} ${CATEGORY_WORDS[category]} über ${channel} erreicht. Weitere warten, bis es erhöht wird (PUT /api/daily-caps) oder der nächste Tag beginnt.`,
          'Sie erfahren das, weil Ihre Adresse bei diesem Limit oder bei der Plattform eingetragen ist.',
        ],
      }
    : {
        subject: `Daily cap reached: ${tenant}, ${today}`,
        blocks: [
          `${tenant} has reached its daily cap of ${messages ?? 0} ${category} messages by ${channel} on ${today}. Further ones wait until it is raised (PUT /api/daily-caps), or the next day begins.`,
          'You are told because your address is entered with this cap, or with the platform.',
        ],
      };
}
