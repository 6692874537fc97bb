/** Writes to the ledger: new rows, with their pending row, their count and their first event, in one statement. */
import { Injectable } from '@nestjs/common';
import { Database, DomainEvents, JointWrites, Tracing, type OpenSpan } from '../kernel/index.js';
import type { ClaimedMessage } from './claimed-message.js';
import type { MessageDraft } from './message-draft.js';
import {
  appendEvents,
  type FallbackRefused,
  type MessageFellBack,
  type MessageRepeated,
  type Source,
} from './message.events.js';
import type { MessageReason } from './message.reasons.js';
import type { MessageStatus } from './message.status.js';
import { MessagesAccepted, type AcceptedGroup } from './messages-moved.events.js';
import { REFRESH } from './refresh.sql.js';
import { countMoves, QUEUED_WITH } from './campaign-counters.sql.js';

const COLUMNS = `id uuid, tenant_id uuid, venue_id uuid, channel text, category text, lane_id uuid, provider text,
  sender_address text, sender_name text, recipient text, template_version_id uuid, data jsonb, content jsonb, mail jsonb, status text,
  segments smallint, reference text, order_id text, customer_id text, message_type text, is_test boolean, metadata jsonb, campaign_id uuid, root_campaign_id uuid, resend_of uuid, fallback jsonb, fallback_of uuid,
  host_refs jsonb, host_data jsonb, correlation_id text, trace text, send_at timestamptz,
  expires_at timestamptz, ready_at timestamptz`;

const LEDGER = `id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, sender_name, recipient,
  template_version_id, data, content, mail, status, segments, reference, order_id, customer_id, message_type, is_test, metadata, campaign_id, root_campaign_id, resend_of, fallback, fallback_of,
  host_refs, host_data, correlation_id, trace, send_at, expires_at`;

type Origin = Extract<Source, 'api' | 'campaign'>;

/** The parts of a statement that insert what `draft` selects: a relation with all columns of a MessageDraft. */
const insertion = (draft: string, origin: Origin): string => `
  draft as materialized (${draft}),
  ledger as (insert into message (${LEDGER}) select ${LEDGER} from draft),
  waiting as (
    insert into pending (message_id, lane_id, tenant_id, campaign_id, priority, units, ready_at)
    select id, lane_id, tenant_id, ${QUEUED_WITH}, lane_priority(category), segments, ready_at from draft),
  counted as (${countMoves('(select campaign_id, status, null::text as old_status from draft) as draft')}),
  fact as (
    ${appendEvents({ from: 'draft', kind: { sql: 'status' }, source: `'${origin}'` })})`;

const INSERT = `with ${insertion(`select * from jsonb_to_recordset($1::jsonb) as draft (${COLUMNS})`, 'api')} select`;

/** Requests per statement: each may bring a megabyte. */
const JOINT_REQUESTS = 50;

/** A caller's own statement that produces drafts. */
export interface Expansion<Row extends object> {
  /** CTEs that come first, such as "chunk as (…)". */
  readonly first: string;
  /** Selects all columns of a MessageDraft but `trace`. */
  readonly draft: string;
  /** What the statement returns; it may read `draft`. */
  readonly answer: string;
  /** What was accepted, according to that result. */
  readonly accepted: (row: Row) => AcceptedGroup;
}

/** A message's draft, and its current state. */
export interface LockedMessage extends MessageDraft {
  readonly followed_by: string | null;
  /** Why nothing follows it, and it is not tried again; null: both may be. */
  readonly recalled: MessageReason | null;
  /** By the database's clock. */
  readonly is_expired: boolean;
}

/** A claimed message as the host has it now. */
export interface Refreshed {
  readonly id: string;
  readonly attempt: number;
  readonly recipient: string;
  readonly hostData: Record<string, unknown>;
}

export interface TakenMessage extends ClaimedMessage {
  readonly root_campaign_id: string | null;
  /** The message that was sent in its place. */
  readonly followed_by: string | null;
  readonly recalled: MessageReason | null;
  readonly status: MessageStatus;
  readonly provider_message_id: string | null;
}

/** SQL: whether any of these messages is being sent, or in doubt. */
export const areAnyUnsettled = (ids: string): string =>
  `exists (select from message where id = any(${ids}) and status in ('sending', 'unknown'))`;

@Injectable()
export class Ledger {
  private readonly joint = new JointWrites<MessageDraft>(JOINT_REQUESTS, (drafts) => this.write(drafts));

  constructor(
    private readonly database: Database,
    private readonly events: DomainEvents,
    private readonly tracing: Tracing,
  ) {}

  /** A message is accepted once this has committed. */
  async insert(drafts: readonly MessageDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    if (this.database.inTransaction) await this.write(drafts);
    else await this.joint.add(drafts);
  }

  private async write(drafts: readonly MessageDraft[]): Promise<void> {
    await this.database.prepared(INSERT, [JSON.stringify(drafts)]);
    await this.events.publish([new MessagesAccepted(groupsOf(drafts))]);
  }

  /**
   * Accepts what a statement selects, without its rows leaving the database. Of the messages as many as of all traces are in one that is
   * recorded: this one.
   */
  expand<Row extends object>(expansion: Expansion<Row>, parameters: readonly unknown[]): Promise<Row[]> {
    const isRecorded = this.tracing.share > 0;
    return this.tracing.run({ name: 'messages.expand', isRecorded }, (span) =>
      this.writeExpanded(expansion, parameters, span),
    );
  }

  private async writeExpanded<Row extends object>(
    { first, draft, answer, accepted }: Expansion<Row>,
    parameters: readonly unknown[],
    span: OpenSpan,
  ): Promise<Row[]> {
    const { place } = span;
    const count = parameters.length;
    const trace = place === undefined ? 'null' : `case when random() < $${count + 1}::float8 then $${count + 2} end`;
    const traced = `select given.*, ${trace}::text as trace from (${draft}) as given`;
    const rows = await this.database.query<Row>(`with ${first}, ${insertion(traced, 'campaign')} ${answer}`, [
      ...parameters,
      ...(place === undefined ? [] : [this.tracing.share, place]),
    ]);
    const groups = rows.map(accepted);
    const [{ tenantId, campaignId } = {}] = groups;
    span.set({
      'callboard.tenant_id': tenantId,
      'callboard.campaign_id': campaignId ?? undefined,
      'messaging.batch.message_count': groups.reduce((sum, { messages }) => sum + messages, 0),
    });
    await this.events.publish([new MessagesAccepted(groups)]);
    return rows;
  }

  /** A message's whole row, locked as by a report; undefined if the tenant, when given, has no such message. */
  async lock(id: string, tenantId?: string): Promise<LockedMessage | undefined> {
    const [message] = await this.database.query<LockedMessage>(
      `select *, coalesce(expires_at <= now(), false) as is_expired from message
       where id = $1 and ($2::uuid is null or tenant_id = $2) for no key update`,
      [id, tenantId ?? null],
    );
    return message;
  }

  /** Messages that a drain has claimed, in their current state, in the order of these ids. */
  taken(ids: readonly string[]): Promise<TakenMessage[]> {
    return this.database.query<TakenMessage>(
      `select message.* from unnest($1::uuid[]) with ordinality as taken (id, place) join message using (id) order by place`,
      [ids],
    );
  }

  /** Undefined if the tenant has no such message. */
  async statusOf(tenantId: string, id: string): Promise<MessageStatus | undefined> {
    const [message] = await this.database.query<{ status: MessageStatus }>(
      `select status from message where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    return message?.status;
  }

  /** Records which message has replaced this one: nothing else follows it any more. */
  async follow(id: string, by: string | null): Promise<void> {
    await this.database.query(`update message set followed_by = $2, fallback = null where id = $1`, [id, by]);
  }

  /** Records what became of a message's place: the result of its fallback, or that it was repeated. */
  async note(
    id: string,
    kind: (MessageFellBack | FallbackRefused | MessageRepeated)['kind'],
    reason: string,
  ): Promise<void> {
    await this.database.query(
      appendEvents({
        from: 'message where id = $1',
        kind: { sql: '$2' },
        previous: 'status',
        reason: '$3',
        source: `'dispatch'`,
      }),
      [id, kind, reason],
    );
  }

  /**
   * Writes down where claimed messages go to, and what they say, before consent is asked. Answers the ids of those that this attempt
   * still holds: no other may be sent.
   */
  async refresh(messages: readonly Refreshed[]): Promise<ReadonlySet<string>> {
    if (messages.length === 0) return new Set();
    const rows = messages
      .map(({ id, attempt, recipient, hostData }) => ({ id, attempt, recipient, host_data: hostData }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const held = await this.database.query<{ id: string }>(REFRESH, [
      JSON.stringify(rows),
      rows[0]?.id,
      rows.at(-1)?.id,
    ]);
    return new Set(held.map(({ id }) => id));
  }

  /** Corrects the segments of messages whose text was unknown on acceptance. Call it before the provider. */
  async resize(sizes: readonly { readonly id: string; readonly segments: number }[]): Promise<void> {
    if (sizes.length === 0) return;
    await this.database.query(
      `update message set segments = size.segments
       from unnest($1::uuid[], $2::smallint[]) as size (id, segments)
       where message.id = size.id and message.id = any($1)`,
      [sizes.map(({ id }) => id), sizes.map(({ segments }) => segments)],
    );
  }

  /** MMS whose pictures their provider does not take become texts, of so many segments. Call it before the provider. */
  async becomeTexts(sizes: readonly { readonly id: string; readonly segments: number }[]): Promise<void> {
    if (sizes.length === 0) return;
    await this.database.query(
      `with text as (
         update message set channel = 'sms', segments = size.segments
         from unnest($1::uuid[], $2::smallint[]) as size (id, segments)
         where message.id = size.id and message.id = any($1)
         returning message.*
       )
       ${appendEvents({ from: 'text', kind: 'became_text', previous: 'status', reason: `'picture_not_taken'`, source: `'dispatch'` })}`,
      [sizes.map(({ id }) => id), sizes.map(({ segments }) => segments)],
    );
  }
}

function groupsOf(drafts: readonly MessageDraft[]): AcceptedGroup[] {
  const keyOf = ({ tenant_id, channel, category, provider }: MessageDraft): string =>
    `${tenant_id} ${channel} ${category} ${provider}`;
  return [...Map.groupBy(drafts, keyOf).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const { tenant_id: tenantId, channel, category, provider, campaign_id: campaignId } = first;
    return [{ tenantId, channel, category, provider, campaignId, messages: alike.length }];
  });
}
