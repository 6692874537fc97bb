/** What a person wrote. */
import {
  ADDRESS,
  IS_COUNTED,
  isNumberOfTenant,
  MASKED,
  PATTERN,
  TENANT,
  type PersonalTable,
} from './personal-table.js';

const CONVERSATIONS = `(select id from venue_conversation where person = ${ADDRESS} and tenant_id = ${TENANT})`;
const TEXTS = `(select received_id from received_text where conversation_id in ${CONVERSATIONS})`;

export const CONVERSATION_TABLES: readonly PersonalTable[] = [
  {
    table: 'auto_reply_due',
    personal: [],
    others: [],
    own: { where: `t.conversation_id in ${CONVERSATIONS}`, erase: { by: 'delete' } },
  },
  {
    table: 'forward_item',
    personal: [],
    others: [],
    own: { where: `t.received_id in ${TEXTS}`, erase: { by: 'delete' } },
    exported: { section: 'forwards' },
  },
  {
    table: 'received_media',
    personal: ['url'],
    others: ['told_type', 'media_type'],
    own: {
      where: `t.received_id in ${TEXTS} and t.tenant_id = ${TENANT}`,
      ready: 't.claim is null or t.due_at is null',
      erase: { by: 'delete' },
    },
    exported: { section: 'receivedMedia', without: ['claim', 'provider_account_id'] },
  },
  {
    table: 'received_text',
    personal: ['body'],
    others: ['keyword'],
    own: {
      where: `t.conversation_id in ${CONVERSATIONS}`,
      ready: `not exists (select from received_media as media where media.received_id = t.received_id)`,
      erase: { by: 'delete' },
    },
    mentions: {
      text: ['body'],
      where: `t.conversation_id in (select id from venue_conversation where tenant_id = ${TENANT})`,
    },
    exported: { section: 'receivedTexts' },
  },
  {
    table: 'venue_conversation',
    personal: ['person'],
    others: ['number'],
    own: {
      where: `t.person = ${ADDRESS} and t.tenant_id = ${TENANT}`,
      ready: `not exists (select from received_text as said where said.conversation_id = t.id)`,
      erase: { by: 'delete' },
    },
    exported: { section: 'conversations' },
  },
  {
    table: 'received_message',
    personal: ['person'],
    others: ['provider_message_id', 'number'],
    own: {
      where: `t.person = ${ADDRESS} and (t.tenant_id = ${TENANT} or (t.tenant_id is null and ${isNumberOfTenant('t.number')}))`,
      ready: IS_COUNTED,
      erase: { by: 'overwrite', set: { person: MASKED } },
      walked: true,
    },
    exported: { section: 'receivedMessages', without: ['provider_account_id'] },
  },
  {
    table: 'conversation',
    personal: ['address'],
    others: ['number'],
    own: { where: `t.address = ${ADDRESS} and ${isNumberOfTenant('t.number')}`, erase: { by: 'delete' } },
  },
  {
    table: 'notice',
    personal: ['payload', 'letters'],
    others: ['subject'],
    mentions: { jsonb: ['payload', 'letters'], where: `t.tenant_id = ${TENANT}` },
    exported: {
      section: 'notices',
      where: `t.tenant_id = ${TENANT} and (t.payload::text ~* ${PATTERN} or t.letters::text ~* ${PATTERN})`,
    },
  },
  {
    table: 'notice_delivery',
    personal: ['address', 'error'],
    others: ['host', 'language'],
    mentions: {
      text: ['address', 'error'],
      where: `t.due_at is null and t.notice_id in (select id from notice where tenant_id = ${TENANT})`,
    },
  },
];
