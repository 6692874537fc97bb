/** Draws the consequences from what an endpoint answers: it is paused while it fails, and disabled if it is gone or fails for days. */
import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { Notices, type Verdict } from '../notices/index.js';
import { DeliveryStore, type Result } from './delivery-store.js';
import { disabledLetter } from './disabled-letter.js';
import { EndpointStore, type Disabled } from './endpoint-store.js';
import { askedMs, FAILURES_TO_PROBE, healthOf, probeAfterMs } from './endpoint.rules.js';

@Injectable()
export class EndpointHealth {
  private readonly logger = new Logger(EndpointHealth.name);

  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointStore,
    private readonly deliveries: DeliveryStore,
    private readonly notices: Notices,
  ) {}

  /** Records a batch of answers with all that follows from them. */
  record(endpointId: string, results: readonly Result[], verdicts: readonly Verdict[]): Promise<void> {
    return this.database.transaction(async () => {
      await this.deliveries.record(endpointId, results);
      switch (healthOf(verdicts)) {
        case 'takes':
          if (await this.endpoints.noteTaken(endpointId, FAILURES_TO_PROBE)) await this.deliveries.hurry(endpointId);
          return this.pause(endpointId, askedMs(verdicts));
        case 'fails':
          return this.fail(endpointId, verdicts);
        case 'gone':
          return this.disable(endpointId, 'gone');
        case 'unknown':
      }
    });
  }

  private async fail(endpointId: string, verdicts: readonly Verdict[]): Promise<void> {
    const failures = await this.endpoints.noteFailed(endpointId, verdicts.length);
    const pause = probeAfterMs(failures, Math.random());
    await this.pause(endpointId, Math.max(pause, askedMs(verdicts)));
    if (pause === 0) return;
    await this.deliveries.giveUp(endpointId);
    await this.disable(endpointId, 'failing');
  }

  private async pause(endpointId: string, ms: number): Promise<void> {
    if (ms > 0) await this.endpoints.pause(endpointId, ms);
  }

  private async disable(endpointId: string, reason: 'failing' | 'gone'): Promise<void> {
    const disabled = await this.endpoints.disable(endpointId, reason);
    if (!disabled) return;
    this.logger.warn(`The webhook endpoint ${endpointId} is disabled: ${reason}`);
    await this.tell(disabled);
  }

  /** The operator too where the tenant has named nobody: somebody must know. */
  private async tell(endpoint: Disabled): Promise<void> {
    const { id, tenantId, disabledReason: reason, disabledAt, failingSince, notifyEmails } = endpoint;
    const waiting = await this.deliveries.waiting(id);
    await this.notices.write({
      kind: 'webhook_endpoint.disabled',
      subject: `${id} ${new Date(disabledAt).toISOString()}`,
      tenantId,
      payload: { endpointId: id, reason, failingSince: failingSince && new Date(failingSince).toISOString(), waiting },
      letters: { en: disabledLetter(endpoint, waiting, 'en'), de: disabledLetter(endpoint, waiting, 'de') },
      targets: { emails: notifyEmails, url: null, language: endpoint.notifyLanguage },
      toOperator: notifyEmails.length === 0,
    });
  }
}
