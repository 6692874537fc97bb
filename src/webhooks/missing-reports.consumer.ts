/** Finds messages with missing delivery reports or prices: an hour and a day after the provider accepted them. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { EventConsumer, lacksPrice, MESSAGES, type EventBatch } from '../ledger/index.js';
import { ProviderRegistry } from '../providers/index.js';
import { PriceSweeps } from './price-sweeps.js';

/** Records them as due: `PollStatuses` asks the provider about single ones, `SweepPrices` reads the records of their day. */
abstract class MissingReportsConsumer extends EventConsumer {
  constructor(
    private readonly database: Database,
    private readonly providers: ProviderRegistry,
    private readonly sweeps: PriceSweeps,
  ) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    await this.database.query(
      `with sent as materialized (select distinct message_id from ${events} as event where kind = 'sent')
       insert into status_poll (message_id)
       select message_id from sent join ${MESSAGES} as message on message.id = message_id
       where (status = 'sent' or ${lacksPrice('message')}) and provider = any($1) and provider_message_id is not null
       on conflict (message_id) do update set due_at = excluded.due_at, looks = 0`,
      [await this.providers.thatReport()],
    );
    await this.sweeps.register(events, await this.providers.thatPriceLater());
  }
}

@Injectable()
export class MissingAfterAnHour extends MissingReportsConsumer {
  readonly name = 'missing-reports-1-hour';
  override readonly minAge = '1 hour';

  constructor(database: Database, providers: ProviderRegistry, sweeps: PriceSweeps) {
    super(database, providers, sweeps);
  }
}

@Injectable()
export class MissingAfterADay extends MissingReportsConsumer {
  readonly name = 'missing-reports-1-day';
  override readonly minAge = '1 day';

  constructor(database: Database, providers: ProviderRegistry, sweeps: PriceSweeps) {
    super(database, providers, sweeps);
  }
}
