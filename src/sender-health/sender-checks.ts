/** Pauses marketing from senders with too many bounces or complaints, resumes it by the rule, and tells people. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { SenderPauses, type PauseRow } from '../consent/index.js';
import { CampaignThrottles } from '../dispatch/index.js';
import { Database } from '../kernel/index.js';
import { PendingQueue } from '../ledger/index.js';
import { SENDER_HEALTH, type SenderHealthSettings } from './sender-health-config.js';
import { hasRecovered, tooMany } from './sender-health.rules.js';
import { SenderNotices } from './sender-notices.js';
import { SenderVolumes, type SenderCounts } from './sender-volumes.js';

/** All that wait: each is looked at by the gate anyhow. */
const ALL = 2_147_483_647;

/** Lets marketing from senders go on. */
@Injectable()
export class SenderResumption {
  constructor(
    private readonly database: Database,
    private readonly pauses: SenderPauses,
    private readonly throttles: CampaignThrottles,
    private readonly pending: PendingQueue,
  ) {}

  /** What waited for it is tried at once. Undefined if the pause is over already. */
  resume(id: string, by: string, note: string | null): Promise<PauseRow | undefined> {
    return this.database.transaction(async () => {
      const pause = await this.pauses.end(id, by, note);
      if (!pause) return undefined;
      await this.throttles.reopenAll('sender_paused', pause.tenantId);
      await this.pending.tryAgain(pause.tenantId, 'sender_paused', ALL);
      return pause;
    });
  }
}

@Injectable()
export class SenderChecks {
  private readonly logger = new Logger(SenderChecks.name);

  constructor(
    @Inject(SENDER_HEALTH) private readonly settings: SenderHealthSettings,
    private readonly volumes: SenderVolumes,
    private readonly pauses: SenderPauses,
    private readonly resumption: SenderResumption,
    private readonly notices: SenderNotices,
  ) {}

  /** One look at all senders of which anything was reported. A pause and its notice are one transaction. */
  async look(): Promise<void> {
    for (const counts of await this.volumes.reported(this.settings.days)) {
      if (counts.pauseId !== null) await this.resumeIfWell(counts.pauseId, counts);
      else await this.pauseIfIll(counts);
    }
  }

  private async pauseIfIll(counts: SenderCounts): Promise<void> {
    const reason = tooMany(counts, this.settings);
    if (!reason) return;
    const pause = await this.notices.told('sender.paused', () => this.pauses.begin({ ...counts, reason }));
    if (pause) this.logger.warn(`Marketing from a sender of the tenant ${pause.tenantId} is paused: ${pause.id}`);
  }

  private async resumeIfWell(id: string, counts: SenderCounts): Promise<void> {
    if (this.settings.resumption !== 'by-rule' || !hasRecovered(counts, this.settings)) return;
    await this.notices.told('sender.resumed', () => this.resumption.resume(id, 'rule', null));
  }
}
