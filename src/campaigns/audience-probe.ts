/** Checks an audience before launch: whether anybody can be sent to, and the expected segments. */
import { Injectable } from '@nestjs/common';
import { Contacts, type Contact } from '../audiences/index.js';
import { countSegments, render, requiredVariables, TemplateError, type CompiledTemplate } from '../templates/index.js';
import type { Channel, AddressKind } from '../tenants/index.js';
import { AudienceEmpty, AudienceLacksVariables } from './campaigns.errors.js';
import { neededBy } from './needed-variables.js';

const SAMPLE = 200;

/** One contact's message, as it would be. */
export interface Weighed {
  readonly address: string;
  /** Undefined if it cannot be rendered with the contact's data. */
  readonly segments: number | undefined;
  readonly encoding: string | undefined;
}

export interface Sample {
  readonly messages: readonly Weighed[];
  /** The most common number of segments; 1 if nothing could be rendered. */
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

  /** With `spread` sampled from the whole audience, which reads all of it once; else the first by address. */
  async render(
    audienceId: string,
    kind: AddressKind,
    channel: Channel,
    template: CompiledTemplate,
    { size = SAMPLE, spread = false }: { size?: number; spread?: boolean } = {},
  ): Promise<Sample> {
    const contacts = await this.contacts.sample(audienceId, kind, size, { spread });
    const messages = contacts.map((contact) => weigh(contact, channel, template));
    return { messages, typicalSegments: typical(messages) };
  }
}

function weigh({ address, attributes }: Contact, channel: Channel, template: CompiledTemplate): Weighed {
  try {
    const rendered = render(template, attributes);
    if (channel !== 'sms' || rendered.kind !== 'text') return { address, segments: 1, encoding: undefined };
    const { segments, encoding } = countSegments(rendered.body);
    return { address, segments: Math.max(1, segments), encoding };
  } catch (error) {
    if (error instanceof TemplateError) return { address, segments: undefined, encoding: undefined };
    throw error;
  }
}

function typical(messages: readonly Weighed[]): number {
  const counts = new Map<number, number>();
  for (const { segments } of messages)
    if (segments !== undefined) counts.set(segments, (counts.get(segments) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 1;
}
