/** Turns a request into a ledger row: sender, lane and content. All validation happens here. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { checking, lookingUp } from '../../kernel/index.js';
import {
  SenderDirectory,
  countryOfRecipient,
  isAllowed,
  normaliseAddress,
  type Channel,
  isTexted,
  type TenantSettings,
} from '../../tenants/index.js';
import {
  categoryOf,
  lacking,
  lackingIn,
  TemplateLibrary,
  type LoadedTemplate,
  type Rendered,
} from '../../templates/index.js';
import { ChannelDisabled, CountryNotAllowed, IdentificationMissing } from './messages.errors.js';
import { Lanes } from '../lanes/lanes.js';
import { contentOf } from './made-message.js';
import { dataOf, rehearse, requireContent } from './message-content.js';
import { subjectOf, type KnownFacts } from './host-subjects.js';
import { FallbackPlanner } from './fallback-planner.js';
import { MessageRoutes } from './message-routes.js';
import { boundedMetadata, scheduleOf, segmentsOf, textOf } from './message-limits.js';
import { channelTo, withLinks } from './pictures.js';
import type { MessageDraft } from '../../ledger/index.js';
import type { NewMessage } from './messages.dto.js';

@Injectable()
export class DraftMaker {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly templates: TemplateLibrary,
    private readonly lanes: Lanes,
    private readonly fallbacks: FallbackPlanner,
    private readonly routes: MessageRoutes,
  ) {}

  /** Drafts the messages of one request, which share lookups; all of them are tests, or none. `known` is of those that need it. */
  batch(tenantId: string, isTest: boolean, known: KnownFacts): (input: NewMessage) => Promise<MessageDraft> {
    const templates = new Map<string, Promise<LoadedTemplate>>();
    return async (input) => ({
      ...(await this.draft(tenantId, input, known, (key) =>
        remembered(templates, key, () => this.template(tenantId, key)),
      )),
      is_test: isTest,
    });
  }

  /** Raises a DomainError that says what to change in the request. */
  private async draft(
    tenantId: string,
    input: NewMessage,
    known: KnownFacts,
    templateOf: (key: string) => Promise<LoadedTemplate>,
  ): Promise<Omit<MessageDraft, 'is_test'>> {
    const tenant = await this.senders.tenant(tenantId);
    if (!tenant.sendsOn(input.channel)) throw new ChannelDisabled(input.channel);
    const subject = subjectOf(input, known, tenant.country);
    const recipient = checking('to', () => normaliseAddress(input.channel, subject.to, tenant.country ?? undefined));
    requireCountry(tenant, input.channel, recipient);
    const schedule = scheduleOf(input);
    const venueId = await this.senders.venueOf(tenantId, input.venueId);
    const template = input.template && (await templateOf(input.template.key));
    const content = requireContent(input);
    const category = template ? categoryOf(template, input.category) : (input.category ?? 'transactional');
    const data = dataOf(input.template);
    const rendered = template && (await rehearse(input.channel, template, { ...subject.data, ...data }));
    if (category === 'marketing' && tenant.requireIdentification)
      await this.requireIdentification(input, venueId, { tenantId, template, rendered });
    const segmentsOn = (channel: Channel): number => {
      const made = rendered ? withLinks(channel, rendered) : content && contentOf(channel, content);
      return segmentsOf(channel, made ? textOf(made) : undefined, rendered && 'template.data');
    };
    const metadata = boundedMetadata(input);
    const fallback = await this.fallbacks.plan(input, { tenant, venueId, category, template, subject });
    for (const { channel, to = recipient } of fallback ?? [])
      checking('alternateTo', () => requireCountry(tenant, channel, to));
    // Before a route is chosen, which may order a number: what is refused orders none.
    const segments = input.channel === 'mms' ? undefined : segmentsOn(input.channel);
    const route = await this.routes.routeFor(tenant, venueId, { ...input, category });
    const channel = channelTo(recipient, input.channel, route);
    const laneId = await this.lanes.laneFor(route, channel);
    return {
      id: uuidv7(),
      tenant_id: tenantId,
      venue_id: venueId,
      channel,
      category,
      lane_id: laneId,
      recipient,
      provider: route.provider,
      sender_address: route.address,
      sender_name: route.displayName,
      template_version_id: template?.versionId ?? null,
      data: template ? data : null,
      content,
      mail: null, // it is made for the provider that the route leads to
      segments: segments ?? segmentsOn(channel),
      ...labelsOf(input),
      metadata,
      campaign_id: null,
      root_campaign_id: null,
      resend_of: null,
      fallback,
      fallback_of: null,
      host_refs: subject.refs,
      host_data: subject.data,
      trace: null, // it is known on acceptance
      ...schedule,
    };
  }

  /** Raises IdentificationMissing. */
  private async requireIdentification(
    { channel, content }: NewMessage,
    venueId: string,
    { tenantId, template, rendered }: Written,
  ): Promise<void> {
    if (!isTexted(channel)) return;
    const names = await this.senders.namesOf(tenantId, venueId);
    if (template && rendered) {
      const missing = lackingIn(rendered, template.compiled, names);
      if (missing.length > 0) throw new IdentificationMissing(missing, 'template.key');
    } else if (content) {
      const missing = lacking(content.body ?? '', names, false);
      if (missing.length > 0) throw new IdentificationMissing(missing);
    }
  }

  private template(tenantId: string, key: string): Promise<LoadedTemplate> {
    return lookingUp('template.key', this.templates.current(tenantId, key));
  }
}

function requireCountry({ allowedCountries }: TenantSettings, channel: Channel, recipient: string): void {
  if (!isAllowed(allowedCountries, channel, recipient)) throw new CountryNotAllowed(countryOfRecipient(recipient));
}

interface Written {
  readonly tenantId: string;
  readonly template: LoadedTemplate | undefined;
  readonly rendered: Rendered | undefined;
}

type Labels = Pick<MessageDraft, 'reference' | 'order_id' | 'customer_id' | 'message_type' | 'correlation_id'>;

/** The caller's own words; what the message names of the host's are such words too. */
const labelsOf = ({ hostData, ...input }: NewMessage): Labels => ({
  reference: input.reference ?? null,
  order_id: input.orderId ?? hostData?.orderId ?? null,
  customer_id: input.customerId ?? hostData?.customerId ?? null,
  message_type: input.messageType ?? null,
  correlation_id: input.correlationId ?? null,
});

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
