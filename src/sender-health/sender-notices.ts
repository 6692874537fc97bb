/** Tells people that marketing from a sender is paused, or goes on. */
import { Inject, Injectable } from '@nestjs/common';
import type { PauseRow } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { Notices, type Letters } from '../notices/index.js';
import { SENDER_HEALTH, type SenderHealthSettings } from './sender-health-config.js';
import { pauseLetter, pausePayload, resumptionLetter } from './sender-letters.js';
import { SenderWatches } from './sender-watches.js';

@Injectable()
export class SenderNotices {
  constructor(
    @Inject(SENDER_HEALTH) private readonly settings: SenderHealthSettings,
    private readonly database: Database,
    private readonly watches: SenderWatches,
    private readonly notices: Notices,
  ) {}

  /** Makes the change and writes its notice, in one transaction; neither if the change finds nothing to do. */
  told(
    kind: 'sender.paused' | 'sender.resumed',
    change: () => Promise<PauseRow | undefined>,
  ): Promise<PauseRow | undefined> {
    return this.database.transaction(async () => {
      const pause = await change();
      if (!pause) return undefined;
      const { tenantName: name, targets } = await this.watches.of(pause.tenantId);
      await this.notices.write({
        kind,
        subject: pause.id,
        tenantId: pause.tenantId,
        payload: pausePayload(pause, name, this.settings),
        letters: kind === 'sender.paused' ? this.paused(pause, name) : RESUMED(name),
        targets,
        toOperator: true,
      });
      return pause;
    });
  }

  private paused(pause: PauseRow, name: string): Letters {
    return {
      en: pauseLetter(pause, name, this.settings, 'en'),
      de: pauseLetter(pause, name, this.settings, 'de'),
    };
  }
}

const RESUMED = (name: string): Letters => ({ en: resumptionLetter(name, 'en'), de: resumptionLetter(name, 'de') });
