/** Streams a campaign's progress. Reads a few rows each time, whatever the campaign's size. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { CampaignState } from './campaign.states.js';
import { Campaigns } from './campaigns.js';
import type { CampaignView } from './campaigns.dto.js';

const EVERY_MS = 1_000;
/** Unchanged polls after which a comment is sent, so that no proxy closes the connection. */
const QUIET_LOOKS = 15;
const AT_REST: readonly CampaignState[] = ['SENT', 'CANCELLED', 'FAILED'];

@Injectable()
export class CampaignProgress implements OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(private readonly campaigns: Campaigns) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Server-sent events (WHATWG HTML, 9.2): the campaign now and on each change, until it is final, or this process stops. */
  async *follow(tenantId: string, id: string): AsyncGenerator<string> {
    let last = '';
    for (let quiet = 0; !this.stopping.signal.aborted; quiet += 1) {
      const campaign = await this.campaigns.view(tenantId, id);
      const data = JSON.stringify(campaign);
      if (data !== last) yield `event: progress\ndata: ${data}\n\n`;
      else if (quiet % QUIET_LOOKS === 0) yield ': still here\n\n';
      last = data;
      if (isThrough(campaign)) return;
      await delay(EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined); // stopping: the loop ends
    }
  }
}

const isThrough = ({ status, progress }: CampaignView): boolean => AT_REST.includes(status) && progress.remaining === 0;
