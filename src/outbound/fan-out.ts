/** Writes down what each endpoint is to be told: a delivery for every event that it wants, once, set-wise. */
import { Injectable } from '@nestjs/common';
import { CONSENT_EVENTS, ConsentNews, PUMPING_EVENTS, PumpingEvents } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { consentFacts, deliveriesOf, messageFacts, pumpingFacts } from './fan-out.sql.js';

@Injectable()
export class FanOut {
  constructor(
    private readonly database: Database,
    private readonly consentNews: ConsentNews,
    private readonly pumpingEvents: PumpingEvents,
  ) {}

  /** Whether anybody is told anything. */
  async hasEndpoints(): Promise<boolean> {
    const some = await this.database.query(`select from webhook_endpoint where disabled_at is null limit 1`);
    return some.length > 0;
  }

  /** `events` is a relation with events of the ledger. */
  async messages(events: string): Promise<void> {
    await this.database.query(
      deliveriesOf(`
        ${messageFacts(events)}
        where tenant_id in (select tenant_id from webhook_endpoint where disabled_at is null)`),
    );
  }

  /** Takes changes of consent until there are no more. */
  consent(): Promise<void> {
    return this.all(() => this.consentNews.take(), `${consentFacts(CONSENT_EVENTS)} where id = any ($1)`);
  }

  /** The same of what happened to alarms of SMS pumping. */
  pumping(): Promise<void> {
    return this.all(() => this.pumpingEvents.take(), `${pumpingFacts(PUMPING_EVENTS)} where id = any ($1)`);
  }

  private async all(take: () => Promise<string[]>, facts: string): Promise<void> {
    while (await this.database.transaction(() => this.some(take, facts)));
  }

  /** Answers whether there may be more. */
  private async some(take: () => Promise<string[]>, facts: string): Promise<boolean> {
    const ids = await take();
    if (ids.length > 0) await this.database.query(deliveriesOf(facts), [ids]);
    return ids.length > 0;
  }
}
