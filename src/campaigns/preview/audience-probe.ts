/** Checks an audience before launch: whether anybody can be sent to, whose messages will fail, and the expected segments. */
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Contacts, type Contact } from '../../audiences/index.js';
import { channelTo, makeMessage, type Unmade } from '../../dispatch/index.js';
import { countSegments, requiredVariables, type CompiledTemplate } from '../../templates/index.js';
import { addressKindOf, type AddressKind, type Channel } from '../../tenants/index.js';
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

interface Rehearsed {
  readonly rehearsal: RehearsalView;
  /** The most common number of segments. */
  readonly typicalSegments: number;
}

@Injectable()
export class AudienceProbe {
  constructor(private readonly contacts: Contacts) {}

  /** Raises AudienceEmpty, and AudienceLacksVariables if no contact has what every rendering needs. */
  async requireReaders(audienceId: string, kind: AddressKind, template: CompiledTemplate): Promise<void> {
    if (!(await this.contacts.hasAny(audienceId, kind, neededBy()))) throw new AudienceEmpty(kind);
    if (!(await this.contacts.hasAny(audienceId, kind, neededBy(template)))) {
      throw new AudienceLacksVariables(requiredVariables(template));
    }
  }

  /** Renders the first people who have what every rendering needs. Raises AudienceNotRendered if they are all, and all fail. */
  async rehearse(audienceId: string, channel: Channel, weighedBy: WeighedBy): Promise<Rehearsed> {
    const contacts = await this.contacts.first(
      audienceId,
      addressKindOf(channel),
      REHEARSED,
      neededBy(weighedBy.template.compiled),
    );
    const { people, messages, failing: failingBy } = await weighAll(contacts, channel, weighedBy);
    if (messages.length === 0 && people === contacts.length && people < REHEARSED)
      throw new AudienceNotRendered(failingBy);
    return {
      rehearsal: { people, failing: people - messages.length, failingBy },
      typicalSegments: typical(messages),
    };
  }
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
    const made = makeMessage(carried, template.compiled, attributes);
    if ('failed' in made) failing[made.failed] = (failing[made.failed] ?? 0) + 1;
    else messages.push({ address, segments: made.segments, encoding: encodingOf(carried, made.content) });
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
