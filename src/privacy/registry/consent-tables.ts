/** What a person decided, and what is known of their address. */
import { ADDRESS, isNumberOfTenant, MASKED, TENANT, type PersonalTable } from './personal-table.js';

const OF_TENANT = `t.address = ${ADDRESS} and t.tenant_id = ${TENANT}`;
const OF_EMAIL = `t.email = ${ADDRESS} and t.tenant_id = ${TENANT}`;
const AT_NUMBER = `t.address = ${ADDRESS} and ${isNumberOfTenant('t.number')}`;

export const CONSENT_TABLES: readonly PersonalTable[] = [
  {
    table: 'consent',
    personal: ['address'],
    others: ['marketing_out_source'],
    own: { where: OF_TENANT, erase: { by: 'code' } },
    exported: { section: 'consent' },
  },
  {
    table: 'suppression',
    personal: ['address', 'evidence'],
    others: [],
    own: { where: OF_TENANT, erase: { by: 'code' } },
    exported: { section: 'suppressions' },
  },
  {
    table: 'number_opt_out',
    personal: ['address'],
    others: ['number'],
    own: { where: `t.address = ${ADDRESS}`, erase: { by: 'code' } },
    exported: { section: 'numberOptOuts' },
  },
  {
    table: 'consent_event',
    personal: ['address', 'evidence'],
    others: ['previous_status'],
    own: { where: OF_TENANT, erase: { by: 'delete' } },
    exported: { section: 'consentLog' },
  },
  {
    table: 'number_opt_out_event',
    personal: ['address', 'evidence'],
    others: ['number', 'previous_status'],
    own: { where: `t.address = ${ADDRESS}`, erase: { by: 'delete' } },
    exported: { section: 'numberOptOutLog' },
  },
  {
    table: 'opt_in_request',
    personal: ['address', 'evidence'],
    others: ['confirmed_by'],
    own: { where: OF_TENANT, erase: { by: 'delete' } },
    exported: { section: 'optInRequests' },
  },
  {
    table: 'recipient_language',
    personal: ['address'],
    others: ['language'],
    own: { where: OF_TENANT, erase: { by: 'delete' } },
    exported: { section: 'languages' },
  },
  {
    table: 'dead_address',
    personal: ['address'],
    others: [],
    own: { where: `t.address = ${ADDRESS}`, erase: { by: 'delete' } },
    exported: { section: 'deadAddresses' },
  },
  {
    // A keyword that is told again must not count again: the row stays.
    table: 'keyword_message',
    personal: ['address'],
    others: ['number', 'provider_message_id', 'keyword'],
    own: { where: AT_NUMBER, erase: { by: 'overwrite', set: { address: MASKED } } },
    exported: { section: 'keywords' },
  },
  {
    table: 'keyword_answer',
    personal: ['person'],
    others: ['keyword'],
    own: {
      where: `t.person = ${ADDRESS} and t.venue_id in (select id from venue where tenant_id = ${TENANT})`,
      erase: { by: 'delete' },
    },
  },
  {
    table: 'whatsapp_user',
    personal: ['user_id', 'number'],
    others: [],
    own: {
      where: `t.number = ${ADDRESS} and t.account_id in (select id from provider_account where tenant_id = ${TENANT} or tenant_id is null)`,
      erase: { by: 'delete' },
    },
    exported: { section: 'whatsappUsers' },
  },
  {
    table: 'user_session',
    personal: ['provider_session', 'id_token'],
    others: ['token_hash', 'admin_key_mark'],
    own: {
      where: `t.user_id in (select id from console_user where email = ${ADDRESS} and tenant_id = ${TENANT})`,
      erase: { by: 'delete' },
    },
    exported: { section: 'sessions', without: ['token_hash', 'id_token', 'admin_key_mark'] },
  },
  {
    // Who is a user of the console is one no more; what they did stays under their id.
    table: 'console_user',
    personal: ['email', 'name', 'issuer', 'subject'],
    others: ['role'],
    own: { where: OF_EMAIL, erase: { by: 'delete' } },
    exported: { section: 'users' },
  },
];
