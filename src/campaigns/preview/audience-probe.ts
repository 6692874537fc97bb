/** Checks an audience before launch: whether anybody can be sent to, whose messages will fail, and the expected segments. */
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Contacts, type Contact, type ContactsAsked } from '../../audiences/index.js';
import { channelTo, makeMessage, type Unmade } from '../../dispatch/index.js';
import { countSegments, requiredVariables, type CompiledTemplate } from '../../templates/index.js';
import { addressKindOf, countryOf, type Channel } from '../../tenants/index.js';
import { AudienceEmpty, AudienceLacksVariables, AudienceNotRendered } from '../campaigns.errors.js';
import type { CampaignParts } from '../campaign-references.js';
import type { RehearsalView } from '../campaigns.dto.js';
import { neededBy } from '../needed-variables.js';

const REHEARSED = 200;
/** Others' requests are answered in between. */
const AT_ONCE = 50;
/** Templates may take long: what has been rendered by then must do. */
const LONGEST_MS = 10_000;

/** One contact's message, as it would be. */
export interface Weighed {
  readonly address: string;
  /** As it is carried: an MMS may be a text. */
  readonly channel: Channel;
  readonly country: string | null;
  readonly segments: number;
  readonly encoding: string | undefined;
}

export interface Sample {
  readonly people: number;
  readonly messages: readonly Weighed[];
  /** How many of these people's messages would fail, by their reason. */
  readonly failing: Readonly<Record<string, number>>;
}

/** The template's texts, and the sender. */
interface WeighedBy {
  readonly template: Pick<CampaignParts['template'], 'compiled'>;
  readonly route: CampaignParts['route'];
}

/** A channel of the campaign. */
interface ProbedChannel extends WeighedBy {
  readonly channel: Channel;
}

interface Rehearsed {
  readonly rehearsal: RehearsalView;
  /** The most common number of segments, of each channel. */
  readonly typicalSegments: readonly number[];
}

@Injectable()
export class AudienceProbe {
  constructor(private readonly contacts: Contacts) {}

  /** Raises AudienceEmpty, and AudienceLacksVariables if no contact has what every rendering needs, on any of the channels. */
  async requireReaders(asked: ContactsAsked, channels: readonly ProbedChannel[]): Promise<void> {
    const has = ({ channel }: ProbedChannel, template?: CompiledTemplate): Promise<boolean> =>
      this.contacts.hasAny(asked, addressKindOf(channel), neededBy(template));
    let lacking: CompiledTemplate | undefined;
    for (const channel of channels) {
      const { compiled } = channel.template;
      if (await has(channel, compiled)) return;
      if (!lacking && (await has(channel))) lacking = compiled;
    }
    if (lacking) throw new AudienceLacksVariables(requiredVariables(lacking));
    throw new AudienceEmpty(channels.map(({ channel }) => addressKindOf(channel)));
  }

  /**
   * Renders, for each channel, the first people who have what every rendering needs. Raises AudienceNotRendered if they are all,
   * and all fail.
   */
  async rehearse(asked: ContactsAsked, channels: readonly ProbedChannel[]): Promise<Rehearsed> {
    const samples: (Sample & { readonly isWhole: boolean })[] = [];
    for (const { channel, ...weighedBy } of channels) {
      const { compiled } = weighedBy.template;
      const contacts = await this.contacts.first(asked, addressKindOf(channel), REHEARSED, neededBy(compiled));
      const sample = await weighAll(contacts, channel, weighedBy);
      samples.push({ ...sample, isWhole: sample.people === contacts.length && contacts.length < REHEARSED });
    }
    const failingBy = summed(samples.map(({ failing }) => failing));
    if (samples.every(({ messages, isWhole }) => messages.length === 0 && isWhole)) {
      throw new AudienceNotRendered(failingBy);
    }
    const people = samples.reduce((sum, sample) => sum + sample.people, 0);
    const failing = Object.values(failingBy).reduce((sum, count) => sum + count, 0);
    return {
      rehearsal: { people, failing, failingBy },
      typicalSegments: samples.map(({ messages }) => typical(messages)),
    };
  }
}

/** Counts by name, added up. */
export function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** Renders each contact's message: all of them, unless that takes too long. */
export async function weighAll(
  contacts: readonly Contact[],
  channel: Channel,
  { template, route }: WeighedBy,
): Promise<Sample> {
  const messages: Weighed[] = [];
  const failing: Partial<Record<Unmade, number>> = {};
  const end = performance.now() + LONGEST_MS;
  let people = 0;
  for (const { address, attributes } of contacts) {
    if (people % AT_ONCE === AT_ONCE - 1) await setImmediate();
    if (people > 0 && performance.now() > end) break;
    people += 1;
    const carried = channelTo(address, channel, route);
    const made = await makeMessage(carried, template.compiled, attributes);
    if ('failed' in made) failing[made.failed] = (failing[made.failed] ?? 0) + 1;
    else {
      const { segments, content } = made;
      const country = countryOf(address);
      messages.push({ address, channel: carried, country, segments, encoding: encodingOf(carried, content) });
    }
  }
  return { people, messages, failing };
}

function encodingOf(channel: Channel, content: { kind: string; body?: string }): string | undefined {
  return channel === 'sms' && content.body !== undefined ? countSegments(content.body).encoding : undefined;
}

function typical(messages: readonly Weighed[]): number {
  const counts = new Map<number, number>();
  for (const { segments } of messages) counts.set(segments, (counts.get(segments) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 1;
}
