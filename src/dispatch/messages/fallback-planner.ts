/** What is sent if a message ends without reaching the person: planned on acceptance, so that mistakes are found then. */
import { Injectable } from '@nestjs/common';
import { checking, DomainError, lookingUp } from '../../kernel/index.js';
import {
  ADDRESS_KINDS,
  addressKindOf,
  normaliseAddress,
  SenderDirectory,
  type AddressKind,
  type Category,
  type Channel,
  type TenantSettings,
} from '../../tenants/index.js';
import { categoryOf, TemplateLibrary, type LoadedTemplate } from '../../templates/index.js';
import { ChannelDisabled, ContentRequired, NoAddress } from './messages.errors.js';
import type { StoredStep } from '../../ledger/index.js';
import { Lanes } from '../lanes/lanes.js';
import { dataOf, rehearse, requireContent, stepDataOf } from './message-content.js';
import { segmentsOf, textOf } from './message-limits.js';
import type { Subject } from './host-subjects.js';
import type { FallbackStep, NewMessage } from './messages.dto.js';

/** What is known of a message when its fallback is planned. */
interface Planned {
  readonly tenant: TenantSettings;
  readonly venueId: string;
  readonly category: Category;
  readonly template: LoadedTemplate | undefined;
  readonly subject: Subject;
}

/** The steps of a template's own fallback, for a person with addresses of these kinds; null for none. Raises TemplateNotFound. */
export async function stepsOfTemplate(
  templates: TemplateLibrary,
  tenantId: string,
  { fallback }: LoadedTemplate,
  kinds: readonly AddressKind[],
): Promise<StoredStep[] | null> {
  const loaded = await Promise.all(fallback.map((key) => templates.current(tenantId, key)));
  const steps = loaded
    .filter(({ channel }) => kinds.includes(addressKindOf(channel)))
    .map(({ channel, versionId }) => ({ channel, versionId }));
  return steps.length > 0 ? steps : null;
}

@Injectable()
export class FallbackPlanner {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly senders: SenderDirectory,
    private readonly lanes: Lanes,
  ) {}

  /** Null where nobody said; empty where nothing is to follow, not even a late retry. Raises what accepting each step separately would raise. */
  async plan(input: NewMessage, planned: Planned): Promise<StoredStep[] | null> {
    const { template, tenant, subject } = planned;
    const other = otherAddress(input, subject, tenant);
    if (input.fallback) {
      const steps = await Promise.all(
        input.fallback.map(async (step, place) => {
          requireOther(input, step, other, subject, place);
          return this.step(input, step, other, planned).catch((error: unknown) => {
            throw error instanceof DomainError ? error.under(`fallback[${place}]`) : error;
          });
        }),
      );
      return steps;
    }
    if (!template || template.fallback.length === 0) return null;
    const kinds = ADDRESS_KINDS.filter((kind) => kind === addressKindOf(input.channel) || other !== undefined);
    const steps = await stepsOfTemplate(this.templates, tenant.id, template, kinds);
    for (const { channel, versionId = '' } of steps ?? []) {
      await measured(channel, await this.templates.version(versionId), { ...subject.data, ...dataOf(input.template) });
    }
    return steps?.map((step) => ({ ...step, ...addressOf(step.channel, input.channel, other) })) ?? null;
  }

  private async step(
    input: NewMessage,
    step: FallbackStep,
    other: string | undefined,
    { tenant, venueId, category, subject }: Planned,
  ): Promise<StoredStep> {
    const { channel, senderId } = step;
    if (!tenant.sendsOn(channel)) throw new ChannelDisabled(channel);
    const content = requireContent(step) ?? undefined;
    const data = stepDataOf(step, input);
    const template =
      step.template && (await lookingUp('template.key', this.templates.current(tenant.id, step.template.key)));
    if (template) {
      checking('template.key', () => categoryOf(template, category));
      await measured(channel, template, { ...subject.data, ...(data ?? dataOf(input.template)) });
    } else segmentsOf(channel, content?.body);
    await this.lanes.laneFor(await this.senders.routeFor(tenant.id, venueId, { channel, category, senderId }), channel);
    return {
      channel,
      ...addressOf(channel, input.channel, other),
      senderId,
      versionId: template?.versionId,
      data,
      content,
    };
  }
}

/** Raises ContentRequired, or NoAddress where the host was asked, for a step that the person cannot be reached by. */
function requireOther(
  input: NewMessage,
  { channel }: FallbackStep,
  other: string | undefined,
  { toCustomer }: Subject,
  place: number,
): void {
  if (other !== undefined || addressKindOf(channel) === addressKindOf(input.channel)) return;
  if (toCustomer) throw new NoAddress().at(`fallback[${place}].channel`);
  throw new ContentRequired(
    `A fallback to ${channel} needs alternateTo: where to reach the person there`,
    'alternateTo',
  );
}

/** Raises what is wrong with the text rendered from these data. */
async function measured(channel: Channel, template: LoadedTemplate, data: Record<string, unknown>): Promise<void> {
  segmentsOf(channel, textOf(await rehearse(channel, template, data)), 'template.data');
}

const addressOf = (channel: Channel, own: Channel, other: string | undefined): Pick<StoredStep, 'to'> =>
  addressKindOf(channel) === addressKindOf(own) ? {} : { to: other };

/** Raises InvalidAddress unless it is an address of the kind that `to` is not. */
function otherAddress(
  { channel }: NewMessage,
  { alternateTo }: Subject,
  { country }: TenantSettings,
): string | undefined {
  if (alternateTo === undefined) return undefined;
  const kind = addressKindOf(channel) === 'email' ? 'phone' : 'email';
  return checking('alternateTo', () => normaliseAddress(kind, alternateTo, country ?? undefined));
}
