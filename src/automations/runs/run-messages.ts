/** Makes the message of a send step: on the first channel that the person can be reached by, with the others to follow. */
import { Injectable } from '@nestjs/common';
import { DomainError, type TraceParent } from '../../kernel/index.js';
import { ConsentGate, type GateVerdict, type GateCandidate } from '../../consent/index.js';
import { addressOn, type HostCustomer, type HostRefs, type Moment, type StaleReason } from '../../host-data/index.js';
import { TemplateLibrary, TemplateNotFound, type LoadedTemplate } from '../../templates/index.js';
import {
  addressKindOf,
  normaliseAddress,
  SenderDirectory,
  type Channel,
  type TenantSettings,
} from '../../tenants/index.js';
import type { Facts } from '../rules/conditions.js';
import type { SendInstruction } from '../rules/program.js';
import type { Move } from './engine.rules.js';
import { ownView } from './fact-views.js';
import type { PreparedRun } from './run-preparation.js';
import { WAITLISTED } from './waitlist.rules.js';

/** What a message is made of. */
export interface Ordered {
  readonly tenantId: string;
  readonly venueId: string;
  readonly runId: string;
  readonly automationKey: string;
  readonly correlationId: string | null;
  /** The place in a recorded trace that led to it. */
  readonly trace: TraceParent | null;
  /** What it is begun about. */
  readonly refs: HostRefs;
  /** The same, with whom and what that leads to now. */
  readonly known: HostRefs;
  readonly allow: readonly StaleReason[];
  /** What the attendee's status must be; undefined: any. */
  readonly attendeeStatus: string | undefined;
  readonly customer: HostCustomer | undefined;
  /** What the template is given beside the host's facts. */
  readonly own: Facts;
  readonly instruction: SendInstruction;
  readonly notAfter: Moment | null;
  readonly expiresAt: Date | null;
}

/** What a step of a run asks for. */
export const orderOf = (
  { row, key, program, named, facts }: PreparedRun,
  { instruction, notAfter, expiresAt }: Extract<Move, { kind: 'send' }>,
): Ordered => ({
  tenantId: row.tenant_id,
  venueId: row.venue_id,
  runId: row.id,
  automationKey: key,
  correlationId: row.correlation_id,
  trace: row.trace,
  refs: named,
  known: facts.refs,
  allow: program.allow,
  attendeeStatus: program.to === 'waitlist' ? WAITLISTED : undefined,
  customer: facts.customer,
  own: ownView(facts, row.data),
  instruction,
  notAfter,
  expiresAt,
});

/** Why nothing can be sent: a stable code. */
export interface Refusal {
  readonly refusal: string;
}

/** The person has no address on a channel that the step and the tenant send on. */
export const NO_ADDRESS: Refusal = { refusal: 'no_address' };

/** A channel that the person has an address on. */
export interface Candidate {
  readonly channel: Channel;
  /** Normalised. */
  readonly to: string;
  readonly template: LoadedTemplate;
}

/** An input of AcceptMessages. */
export type MessageInput = Readonly<Record<string, unknown>> & { readonly channel: Channel };

@Injectable()
export class RunMessages {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly templates: TemplateLibrary,
    private readonly gate: ConsentGate,
  ) {}

  /**
   * The channels of each, best first: those that the gate would let pass. Where it would stop them all, the first is left, so that
   * the ledger says why nobody was written to. Without a channel: why there is none.
   */
  async candidates(orders: readonly Ordered[]): Promise<(readonly Candidate[] | Refusal)[]> {
    const found = await Promise.all(orders.map((order) => this.reachable(order)));
    const asked = found.flatMap((candidates, place) =>
      'refusal' in candidates ? [] : candidates.map((candidate) => ({ candidate, order: orders[place] })),
    );
    const verdicts = await this.gate.check(
      asked.flatMap(({ candidate, order }) => (order ? [gateCandidateOf(candidate, order)] : [])),
    );
    const passing = new Set(asked.filter((_, place) => mayGo(verdicts[place])).map(({ candidate }) => candidate));
    return found.map((candidates) => {
      if ('refusal' in candidates) return candidates;
      const left = candidates.filter((candidate) => passing.has(candidate));
      return left.length > 0 ? left : candidates.slice(0, 1);
    });
  }

  private async reachable(order: Ordered): Promise<readonly Candidate[] | Refusal> {
    try {
      const tenant = await this.senders.tenant(order.tenantId);
      const candidates: Candidate[] = [];
      let refusal: Refusal = NO_ADDRESS;
      for (const key of order.instruction.send.templates) {
        const made = await this.candidate(order, tenant, key);
        if ('refusal' in made) refusal = made;
        else candidates.push(made);
      }
      return candidates.length === 0 ? refusal : preferred(candidates, order.customer);
    } catch (error) {
      return refusalOf(error);
    }
  }

  private async candidate(order: Ordered, tenant: TenantSettings, key: string): Promise<Candidate | Refusal> {
    const template = await this.inLanguage(order.tenantId, key, order.customer?.language);
    const { channel } = template;
    const address = addressOn(channel, order.customer);
    if (address === undefined || !tenant.sendsOn(channel)) return NO_ADDRESS;
    try {
      const to = normaliseAddress(channel, address, tenant.country ?? undefined);
      return { channel, to, template };
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** `key.de` for who reads German, where there is one. Raises TemplateNotFound. */
  private async inLanguage(tenantId: string, key: string, language: string | undefined): Promise<LoadedTemplate> {
    const [base] = language?.toLowerCase().split(/[-_]/) ?? [];
    if (base !== undefined && /^[a-z]{2,3}$/.test(base)) {
      try {
        return await this.templates.current(tenantId, `${key}.${base}`);
      } catch (error) {
        if (!(error instanceof TemplateNotFound)) throw error;
      }
    }
    return this.templates.current(tenantId, key);
  }
}

/** The channels of one message: the first, and those that can follow it, which name at most one other address. */
export function chainOf(candidates: readonly Candidate[]): readonly Candidate[] {
  const [first, ...rest] = candidates;
  if (!first) return [];
  const other = rest.find((candidate) => kindOf(candidate) !== kindOf(first));
  return [
    first,
    ...rest.filter((candidate) => candidate.to === (kindOf(candidate) === kindOf(first) ? first : other)?.to),
  ];
}

/**
 * What the first of these channels is asked to send, with the others behind it. It names what it is about, so that all of it is read
 * again right before the call, the address too.
 */
export function inputOf(order: Ordered, first: Candidate, rest: readonly Candidate[]): MessageInput {
  const { send, path } = order.instruction;
  return {
    channel: first.channel,
    venueId: order.venueId,
    category: send.category,
    template: { key: first.template.key, data: order.own },
    hostData: hostDataOf(order),
    orderId: order.known.order_ref ?? undefined,
    customerId: order.known.customer_ref ?? undefined,
    fallback:
      rest.length > 0 ? rest.map(({ channel, template: { key } }) => ({ channel, template: { key } })) : undefined,
    expiresAt: order.expiresAt?.toISOString(),
    correlationId: order.correlationId ?? undefined,
    messageType: send.messageType ?? order.automationKey,
    metadata: { automation: order.automationKey, run: order.runId, step: path },
  };
}

const hostDataOf = ({ refs, notAfter, allow, attendeeStatus }: Ordered): object => ({
  orderId: refs.order_ref ?? undefined,
  customerId: refs.customer_ref ?? undefined,
  eventId: refs.event_ref ?? undefined,
  attendeeId: refs.attendee_ref ?? undefined,
  notAfter: notAfter ?? undefined,
  attendeeStatus,
  allow,
});

/** Which of a chain a refusal is about. */
export function refused(chain: readonly Candidate[], refusal: DomainError): Candidate | undefined {
  const [, place] = /^fallback\[(\d+)\]/.exec(refusal.errors[0]?.path ?? '') ?? [];
  return chain[place === undefined ? 0 : Number(place) + 1] ?? chain[0];
}

/** Now, or in its hours. */
const mayGo = (verdict: GateVerdict | undefined): boolean =>
  verdict !== undefined && (verdict.pass || 'waits' in verdict);

/** Raises what is no refusal. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof DomainError) return { refusal: error.code };
  throw error;
}

const kindOf = ({ channel }: Candidate): string => addressKindOf(channel);

/** The person's preferred channel first, if the step sends on it. */
function preferred(candidates: readonly Candidate[], customer: HostCustomer | undefined): readonly Candidate[] {
  const wanted = candidates.filter(({ channel }) => channel === customer?.preferredChannel);
  return [...wanted, ...candidates.filter((candidate) => !wanted.includes(candidate))];
}

const gateCandidateOf = ({ channel, to, template }: Candidate, order: Ordered): GateCandidate => ({
  messageId: order.runId,
  tenantId: order.tenantId,
  venueId: order.venueId,
  channel,
  category: order.instruction.send.category ?? template.category,
  recipient: to,
  senderAddress: '',
  expiresAt: null,
  isTest: false,
});
