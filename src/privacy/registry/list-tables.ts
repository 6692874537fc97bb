/** Lists that a person is on, and what automations know of them. */
import { ADDRESS, PATTERN, TENANT, type PersonalTable } from './personal-table.js';

const AUDIENCES = `(select id from audience where tenant_id = ${TENANT})`;
const CAMPAIGNS = `(select id from campaign where tenant_id = ${TENANT})`;
const IS_CONTACT = `t.address = ${ADDRESS} and t.audience_id in ${AUDIENCES}`;

/** Audiences count their contacts; who had their name from the address is a person of their own again. */
const REMOVE_CONTACTS = `, home as materialized (
    select id from audience where tenant_id = ${TENANT} for no key update
  ), removed as (
    delete from contact as t using home where ${IS_CONTACT} and t.audience_id = home.id returning t.audience_id, t.kind
  ), alone as (
    update contact as t set person = nullif(person, ${ADDRESS}), person_was = nullif(person_was, ${ADDRESS})
    from home where t.audience_id = home.id and ${ADDRESS} in (t.person, t.person_was) and t.address <> ${ADDRESS}
  ), counted as (
    update audience set emails = audience.emails - gone.emails, phones = audience.phones - gone.phones
    from (select audience_id, count(*) filter (where kind = 'email') as emails, count(*) filter (where kind = 'phone') as phones
      from removed group by audience_id) as gone
    where audience.id = gone.audience_id
  )
  select count(*)::int as rows from removed`;

export const LIST_TABLES: readonly PersonalTable[] = [
  {
    table: 'contact',
    personal: ['address', 'attributes', 'person', 'person_was'],
    others: ['preferred_channel'],
    own: { where: IS_CONTACT, erase: { by: 'statement', sql: REMOVE_CONTACTS } },
    mentions: { text: ['person', 'person_was'], jsonb: ['attributes'], where: `t.audience_id in ${AUDIENCES}` },
    exported: { section: 'contacts', without: ['import_id', 'generation', 'since'] },
  },
  {
    table: 'audience_import',
    personal: ['idempotency_key'],
    others: ['format', 'options', 'columns'],
    mentions: { text: ['idempotency_key'], where: `t.tenant_id = ${TENANT} and t.status <> 'running'` },
  },
  {
    table: 'campaign_exclusion',
    personal: ['address'],
    others: [],
    own: { where: `t.address = ${ADDRESS} and t.campaign_id in ${CAMPAIGNS}`, erase: { by: 'delete' } },
    exported: { section: 'campaignExclusions' },
  },
  {
    // Where a campaign has come in its audience, by address: it goes on from there.
    table: 'campaign_chunk',
    personal: ['after', 'until', 'part'],
    others: [],
    own: {
      where: `${ADDRESS} in (t.after, t.until) and t.campaign_id in ${CAMPAIGNS}`,
      ready: `t.campaign_id in (select id from campaign where ended_at is not null)`,
      erase: { by: 'delete' },
    },
  },
  {
    table: 'campaign',
    personal: ['cut_to'],
    others: [
      'name',
      'description',
      'template_key',
      'status_reason',
      'sender_address',
      'sender_name',
      'excluded',
      'cut_part',
      'segment_rule',
      'local_time',
      'if_past',
      'variant_stage',
      'attachments',
    ],
    own: {
      where: `t.cut_to = ${ADDRESS} and t.tenant_id = ${TENANT}`,
      ready: `t.all_cut or t.ended_at is not null`,
      erase: { by: 'overwrite', set: { cut_to: `''` } },
    },
  },
  {
    table: 'inbound_event',
    personal: ['data', 'order_ref', 'customer_ref', 'attendee_ref', 'about', 'external_id', 'correlation_id'],
    others: ['type', 'event_ref', 'origin'],
    own: {
      where: `t.tenant_id = ${TENANT} and t.data::text ~* ${PATTERN}`,
      ready: `not exists (select from pending_event as waiting where waiting.event_id = t.id)`,
      erase: {
        by: 'overwrite',
        set: { data: `'{}'`, order_ref: 'null', customer_ref: 'null', attendee_ref: 'null', about: 'null' },
      },
      walked: true,
    },
    mentions: {
      text: ['order_ref', 'customer_ref', 'attendee_ref', 'about', 'external_id', 'correlation_id'],
      where: `t.tenant_id = ${TENANT}`,
      walked: true,
    },
    exported: { section: 'events', without: ['seq'] },
  },
  {
    table: 'automation_run',
    personal: [
      'data',
      'order_ref',
      'customer_ref',
      'attendee_ref',
      'person',
      'correlation_id',
      'spread_after',
      'log',
      'reach',
      'passed',
    ],
    others: ['event_ref', 'stop_on', 'ends_as'],
    own: {
      where: `t.tenant_id = ${TENANT} and (t.data::text ~* ${PATTERN} or t.message_id in (
        select id from message where recipient = ${ADDRESS} and tenant_id = ${TENANT}) and t.data <> '{}')`,
      erase: {
        by: 'overwrite',
        set: {
          data: `'{}'`,
          order_ref: 'null',
          customer_ref: 'null',
          attendee_ref: 'null',
          reach: 'null',
          status: `case when t.status = 'waiting' then 'stopped' else t.status end`,
          reason: `case when t.status = 'waiting' then 'erased' else t.reason end`,
          due_at: 'null',
          finished_at: 'coalesce(t.finished_at, now())',
          awaits_report: 'false',
        },
      },
      walked: true,
    },
    mentions: {
      text: ['order_ref', 'customer_ref', 'attendee_ref', 'person', 'correlation_id', 'spread_after'],
      jsonb: ['log', 'reach', 'passed'],
      where: `t.tenant_id = ${TENANT}`,
      walked: true,
    },
    exported: { section: 'automationRuns', without: ['began_seq', 'looked_seq'] },
  },
  {
    table: 'automation_offer',
    personal: ['attendee_ref'],
    others: [],
    mentions: {
      text: ['attendee_ref'],
      where: `t.automation_id in (select id from automation where tenant_id = ${TENANT})`,
    },
  },
  {
    table: 'event_dead_letter',
    personal: ['place', 'reason'],
    others: ['origin'],
    mentions: { text: ['place', 'reason'], where: 'true' },
  },
  {
    table: 'template_data_set',
    personal: ['data'],
    others: ['name'],
    mentions: { jsonb: ['data'], where: `t.template_id in (select id from template where tenant_id = ${TENANT})` },
  },
];
