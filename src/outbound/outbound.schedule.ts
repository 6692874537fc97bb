/** Tells endpoints what is due, takes changes of consent and alarms of SMS pumping, and forgets what is old. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ANY_CONSENT_NEWS, ANY_PUMPING_EVENT } from '../consent/index.js';
import { Scheduled } from '../kernel/index.js';
import { DeliverEvents } from './deliver-events.command.js';
import { DeliveryStore } from './delivery-store.js';
import { ANY_ENDPOINT_DUE } from './endpoint-store.js';
import { FanOut } from './fan-out.js';

@Injectable()
export class OutboundSchedule {
  constructor(
    private readonly commands: CommandBus,
    private readonly fanOut: FanOut,
    private readonly deliveries: DeliveryStore,
  ) {}

  @Scheduled({ name: 'webhook-endpoints', everyMs: 1_000, when: ANY_ENDPOINT_DUE })
  deliver(): Promise<void> {
    return this.commands.execute(new DeliverEvents());
  }

  @Scheduled({ name: 'webhook-consent', everyMs: 1_000, when: ANY_CONSENT_NEWS })
  takeConsent(): Promise<void> {
    return this.fanOut.consent();
  }

  @Scheduled({ name: 'webhook-pumping', everyMs: 1_000, when: ANY_PUMPING_EVENT })
  takePumping(): Promise<void> {
    return this.fanOut.pumping();
  }

  @Scheduled({ name: 'purge-webhook-deliveries', everyMs: 3_600_000 })
  async purge(): Promise<void> {
    await this.deliveries.giveUpOfDisabled();
    while (await this.deliveries.purge());
  }
}
