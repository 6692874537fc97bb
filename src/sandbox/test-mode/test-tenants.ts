/** The tenants that stand for live ones in test mode, with accounts at the sandbox and a number of their own. */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CONFIG, Database, type ReadyConfig } from '../../kernel/index.js';
import {
  CreateProviderAccount,
  CreateSender,
  CreateTenant,
  SenderTaken,
  TENANTS,
  type CreateTenantBody,
} from '../../tenants/index.js';
import { sandboxAccountsOf } from '../sandbox-platform.js';

/** Channels on which a number sends; MMS goes with SMS. */
const BY_NUMBER = ['sms', 'whatsapp', 'voice'] as const;
/** Of numbers that another tenant has by chance. */
const MOST_TRIES = 5;

@Injectable()
export class TestTenants {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandBus,
    @Inject(CONFIG) private readonly config: ReadyConfig,
  ) {}

  /** Makes one with the live tenant's id. Does nothing for one that is there. Raises SlugTaken and InvalidRequest. */
  open(id: string, input: CreateTenantBody): Promise<void> {
    return this.database.transaction(async () => {
      // One at a time: two first keys are asked for at once.
      await this.database.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`test tenant ${id}`]);
      const known = await this.database.query(`select from ${TENANTS} as tenant where id = $1`, [id]);
      if (known.length > 0) return;
      const { defaultVenueId } = await this.commands.execute(new CreateTenant(input, id));
      for (const { provider, credentials } of sandboxAccountsOf(this.config.adminKey, id)) {
        const account = { provider, name: `The sandbox’s ${provider}`, credentials };
        await this.commands.execute(new CreateProviderAccount(id, account));
      }
      const address = await this.numberFor(id, defaultVenueId);
      for (const channel of BY_NUMBER.slice(1))
        await this.commands.execute(
          new CreateSender(id, { venueId: defaultVenueId, channel, address, provider: 'twilio' }),
        );
    });
  }

  /** Rented by nobody: area code 500 is not one of a place. Answers the number, which is a sender for SMS by then. */
  private async numberFor(tenantId: string, venueId: string, tries = 1): Promise<string> {
    const address = numberOf(`${tenantId} ${tries}`);
    try {
      await this.commands.execute(
        new CreateSender(tenantId, { venueId, channel: BY_NUMBER[0], address, provider: 'twilio' }),
      );
      return address;
    } catch (error) {
      if (!(error instanceof SenderTaken) || tries === MOST_TRIES) throw error;
      return this.numberFor(tenantId, venueId, tries + 1);
    }
  }
}

/** One of four million, the same for the same text; none of those of `+1 500 555`, whose ends have a meaning. */
function numberOf(text: string): string {
  const drawn = createHash('sha256').update(text).digest().readUInt32BE();
  return `+1500${6_000_000 + (drawn % 4_000_000)}`;
}
