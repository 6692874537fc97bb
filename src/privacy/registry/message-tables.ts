/** What was sent to a person, and what was reported of it. */
import {
  ADDRESS,
  IS_COUNTED,
  isNumberOfTenant,
  MASKED,
  OWN_MESSAGES,
  PATTERN,
  TENANT,
  type PersonalTable,
} from './personal-table.js';

/** In doubt a message is looked for at its provider by its recipient: that may take this long, and no longer. */
export const IS_AT_REST = `(t.status not in ('scheduled', 'queued', 'sending', 'unknown')
  or (t.status = 'unknown' and t.first_attempt_at < now() - interval '3 days'))`;

/** Of the inbox: a report of a message to the person, or what the person wrote. */
const OWN_REPORT = `t.event ->> 'messageId' in (select id::text from ${OWN_MESSAGES} as own (id))`;
const OWN_WORDS = `(t.event ->> 'kind' = 'inbound' and t.event ->> 'from' ~* ${PATTERN} and ${isNumberOfTenant(`(t.event ->> 'to')`)})`;

/** Of a message, what it says and is made of. */
export const SAID = ['data', 'content', 'fallback', 'host_data', 'mail'];

/** Of a message, beside its recipient: nothing of it is needed to count. */
export const OF_MESSAGE = [
  ...SAID,
  'metadata',
  'reference',
  'order_id',
  'customer_id',
  'error_message',
  'host_refs',
  'correlation_id',
];

export const MESSAGE_TABLES: readonly PersonalTable[] = [
  {
    table: 'voice_call',
    personal: ['digits', 'answered_by'],
    others: ['price_currency'],
    own: {
      where: `t.message_id in ${OWN_MESSAGES} and (t.digits is not null or t.answered_by is not null)`,
      erase: { by: 'overwrite', set: { digits: 'null', answered_by: 'null' } },
    },
    exported: { section: 'calls', where: `t.message_id in ${OWN_MESSAGES}` },
  },
  {
    table: 'address_report',
    personal: ['address', 'event'],
    others: ['sender'],
    own: {
      where: `t.address = ${ADDRESS} and t.tenant_id = ${TENANT}`,
      erase: { by: 'overwrite', set: { address: MASKED, event: 'null', is_forgiven: 'true' } },
    },
    exported: { section: 'addressReports' },
  },
  {
    table: 'message_event',
    personal: [],
    others: ['previous'],
    exported: { section: 'messageEvents', where: `t.message_id in ${OWN_MESSAGES}`, without: ['tx', 'seq'] },
  },
  {
    table: 'link_click',
    personal: [],
    others: [],
    exported: { section: 'linkClicks', where: `t.message_id in ${OWN_MESSAGES}` },
  },
  {
    table: 'link',
    personal: ['url'],
    others: [],
    mentions: { text: ['url'], where: `t.tenant_id = ${TENANT}` },
  },
  {
    table: 'late_retry',
    personal: [],
    others: [],
    own: { where: `t.message_id in ${OWN_MESSAGES}`, erase: { by: 'delete' } },
  },
  {
    table: 'fallback_due',
    personal: [],
    others: [],
    own: { where: `t.message_id in ${OWN_MESSAGES}`, erase: { by: 'delete' } },
  },
  {
    table: 'inbox',
    personal: ['event', 'dedupe_key'],
    others: [],
    own: {
      where: `(${OWN_REPORT} or ${OWN_WORDS}) and t.event ->> 'type' is distinct from 'erased'`,
      ready: `t.applied_at is not null`,
      erase: {
        by: 'overwrite',
        set: { event: `'{"kind": "ignored", "type": "erased"}'`, look_again_at: 'null' },
      },
      walked: true,
    },
    mentions: { text: ['dedupe_key'], jsonb: ['event'], where: `t.applied_at is not null`, walked: true },
    exported: {
      section: 'providerEvents',
      where: `${OWN_REPORT} or ${OWN_WORDS}`,
      without: ['account_ids'],
    },
  },
  {
    table: 'webhook_delivery',
    personal: ['log'],
    others: ['type'],
    own: {
      where: `t.subject_id in ${OWN_MESSAGES} and t.log <> '[]'`,
      erase: { by: 'overwrite', set: { log: `'[]'` } },
    },
    mentions: {
      jsonb: ['log'],
      where: `t.endpoint_id in (select id from webhook_endpoint where tenant_id = ${TENANT})`,
    },
    exported: { section: 'webhookDeliveries', where: `t.subject_id in ${OWN_MESSAGES}`, without: ['seq', 'claim'] },
  },
  {
    table: 'file',
    personal: ['name'],
    others: ['media_type', 'digest', 'stored_in'],
    own: { where: 'false', erase: { by: 'code' } },
    mentions: { text: ['name'], where: `t.tenant_id = ${TENANT}` },
    exported: {
      section: 'files',
      where: `t.tenant_id = ${TENANT} and t.id::text in (
        select file ->> 'id' from message as m, jsonb_array_elements(m.mail -> 'attachments') as file
        where m.id in ${OWN_MESSAGES})`,
      without: ['stored_in'],
    },
  },
  { table: 'file_content', personal: ['content'], others: ['digest'], own: { where: 'false', erase: { by: 'code' } } },
  {
    table: 'idempotency_key',
    personal: ['answer'],
    others: ['owner', 'key', 'request_hash'],
    own: { where: 'false', erase: { by: 'code' } },
  },
  {
    table: 'escalation',
    personal: ['messages', 'steps', 'reference'],
    others: ['retry', 'acknowledged_via'],
    mentions: {
      text: ['reference'],
      jsonb: ['messages', 'steps'],
      where: `t.tenant_id = ${TENANT} and t.finished_at is not null`,
    },
    exported: { section: 'escalations', where: `t.tenant_id = ${TENANT} and t.steps::text ~* ${PATTERN}` },
  },
  // After everything that is found by its rows.
  {
    table: 'message',
    personal: ['recipient', ...OF_MESSAGE],
    others: ['sender_address', 'sender_name', 'provider_message_id', 'error_code', 'message_type', 'recalled'],
    own: {
      where: `t.recipient = ${ADDRESS} and t.tenant_id = ${TENANT}`,
      ready: `${IS_AT_REST} and ${IS_COUNTED}`,
      erase: {
        by: 'overwrite',
        set: {
          recipient: MASKED,
          ...Object.fromEntries(OF_MESSAGE.map((column) => [column, 'null'])),
        },
      },
    },
    // What people wrote, forwarded to staff.
    quotes: {
      where: `t.tenant_id = ${TENANT} and t.message_type = 'forwarded_message' and t.content::text ~* ${PATTERN}`,
      ready: IS_AT_REST,
      erase: { by: 'overwrite', set: { content: 'null', data: 'null', mail: 'null' } },
      walked: true,
    },
    mentions: {
      text: ['reference', 'order_id', 'customer_id', 'error_message', 'correlation_id'],
      jsonb: ['data', 'content', 'metadata', 'fallback', 'host_refs', 'host_data', 'mail'],
      where: `t.tenant_id = ${TENANT} and ${IS_AT_REST}`,
      walked: true,
    },
    exported: { section: 'messages', without: ['lane_id'] },
  },
];
