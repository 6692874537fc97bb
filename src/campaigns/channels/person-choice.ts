/** Which channel a campaign would take for one person now, and why not the others. */
import { Injectable } from '@nestjs/common';
import { personWith } from '../../audiences/index.js';
import { Database } from '../../kernel/index.js';
import type { AllowedCountries, Channel } from '../../tenants/index.js';
import type { ResolvedChannel } from '../campaign-references.js';
import { choiceChannels, choiceOf, type ChoiceChannel } from './choice.sql.js';

/** One channel for one person, at the address that would be taken there. */
export interface ChannelOption {
  readonly channel: Channel;
  readonly address: string;
  readonly attributes: Record<string, unknown>;
  /** Why not; null if it would go. */
  readonly reason: string | null;
}

/** What is asked of a campaign. */
export interface ChoiceQuestion {
  readonly tenantId: string;
  readonly venueId: string;
  readonly audienceId: string;
  readonly usePreferredChannel: boolean;
}

/** The channels of a campaign that is not launched, as the statement takes them. */
export const unlaunched = (channels: readonly ResolvedChannel[]): string =>
  choiceChannels(
    channels.map(({ channel, route, template }, index): ChoiceChannel => ({
      place: index + 1,
      channel,
      provider: route.provider,
      senderAddress: route.address,
      template: template.compiled,
    })),
  );

/** Of each channel on which the person has an address, in the person's order: what goes first. */
const options = (allowedCountries: AllowedCountries): string => `
  with ${choiceOf({
    people: personWith('$2::uuid', '$6'),
    channels: '$1',
    tenant: '$3::uuid',
    venue: '$4::uuid',
    category: '$5::text',
    isPreferredFirst: '$7::boolean',
    allowedCountries,
  })}
  select channel, address, attributes, reason from (
    select distinct on (place) place, channel, address, attributes, reason, rank from ranked order by place, rank) as option
  order by rank`;

@Injectable()
export class PersonChoice {
  constructor(private readonly database: Database) {}

  /** The first is the message, or why there is none; none of them for a person whom no channel reaches. */
  of(
    { tenantId, venueId, audienceId, usePreferredChannel }: ChoiceQuestion,
    channels: readonly ResolvedChannel[],
    address: string,
  ): Promise<ChannelOption[]> {
    return this.database.query<ChannelOption>(options(channels[0]?.allowedCountries ?? null), [
      unlaunched(channels),
      audienceId,
      tenantId,
      venueId,
      channels[0]?.category,
      address,
      usePreferredChannel,
    ]);
  }
}
