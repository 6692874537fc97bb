/** The audit log: who changed what. Every route that changes something leaves a record, or is named here with the reason. */
import { Readable } from 'node:stream';
import { until } from '../../harness/until.js';
import { verifyExport, type ChainHead } from '../../src/kernel/index.js';
import { callboard, environmentOf } from '../support/cli.js';
import { allReported } from '../support/sandbox.js';
import type { Agent } from 'supertest';
import { openApiDocument } from '../../src/kernel/openapi/openapi.js';
import { query } from '../../harness/query.js';
import { nextMonth } from '../campaigns/campaign.support.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { text, whenEnded } from '../support/messages.js';

const NUMBER = '+4915212345678';
const EMAIL = 'ana.private@example.com';
const WORDS = 'Your seat is by the window';
const TOKEN = 'f'.repeat(32);
/** More than are sent to between its launch and its end. */
const PEOPLE = 500;
const SID = `AC${'0'.repeat(32)}`;

interface AuditView {
  readonly id: string;
  readonly actor: string;
  readonly tenantId: string | null;
  readonly action: string;
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly details: { readonly changes?: Readonly<Record<string, { from: unknown; to: unknown }>> };
}

/** They change nothing, or are recorded elsewhere, with more. */
const EXEMPT: Readonly<Record<string, string>> = {
  'POST /api/events': 'the events themselves',
  'POST /api/events/batch': 'the events themselves',
  'POST /api/automations/{id}/dry-run': 'changes nothing',
  'POST /api/files': 'the files themselves, with who uploaded each first',
  'POST /api/files/{id}/link': 'changes nothing but how long a file is kept',
  'POST /api/messages': 'the ledger',
  'POST /api/messages/batch': 'the ledger',
  'POST /api/messages/{id}/cancel': 'the ledger',
  'POST /api/messages/{id}/resend': 'the ledger',
  'POST /api/conversations/{id}/messages': 'the ledger',
  'POST /api/conversations/{id}/messages/{messageId}/media/retry': 'changes nothing that matters later',
  'POST /api/conversations/{id}/read': 'changes nothing that matters later',
  'PUT /api/consent/{venueId}/{address}': 'the consent log',
  'POST /api/consent/import': 'the consent log',
  'POST /api/opt-in-requests': 'the requests themselves, with who made each',
  'POST /api/consent/{venueId}/import': 'the consent log',
  'POST /api/consent/{venueId}/import/dry-run': 'changes nothing',
  'POST /api/suppressions/import/csv/dry-run': 'changes nothing',
  'POST /api/audiences/{id}/contacts/dry-run': 'changes nothing',
  'POST /api/audiences/{id}/contacts': 'the imports of an audience, with who started each',
  'POST /api/segments/preview': 'changes nothing',
  'POST /api/templates/{key}/preview': 'changes nothing',
  'POST /api/templates/{key}/approvals/check': 'changes nothing of ours',
  'POST /api/campaigns/{id}/preview': 'changes nothing',
  'POST /api/prices/dry-run': 'changes nothing',
  'POST /api/prices/quote': 'changes nothing',
  'POST /api/numbers/{id}/verify': 'changes nothing of ours',
  'POST /api/link-domains/{id}/verify': 'recorded by itself, where it changes something',
};

let app: TestApp;
let tenant: Tenant;
/** Ids of what was made on the way, by name; they stand in paths as `:name`. */
const made: Record<string, string> = {};

interface Call {
  readonly route: string;
  readonly url: string;
  readonly action: string;
  /** By the operator without a tenant; a name: for the tenant that was made under it. */
  readonly admin?: true | string;
  /** Text is CSV. */
  readonly body?: () => object | string | Promise<object>;
  /** Keeps the answer's id. */
  readonly as?: string;
  readonly object?: string;
  readonly changes?: object;
  readonly details?: object;
}

const change = (from: unknown, to: unknown) => ({ from, to });
const CAMPAIGN = { name: 'Spring', channel: 'email', templateKey: 'news' };
const ofCampaign = (verb: string, from: string, to: string, more: Partial<Call> = {}): Call => ({
  route: `POST /api/campaigns/{id}/${verb}`,
  url: `/api/campaigns/:campaign/${verb}`,
  action: `campaign.${verb}`,
  object: 'campaign',
  changes: { status: change(from, to) },
  ...more,
});

/** In this order: each stands on those before it. */
const CALLS: readonly Call[] = [
  {
    route: 'POST /api/tenants',
    url: '/api/tenants',
    admin: true,
    body: () => ({ name: 'Lakeside', slug: 'lakeside' }),
    as: 'tenant',
    action: 'tenant.create',
    object: 'tenant',
    changes: { name: change(null, 'Lakeside'), slug: change(null, 'lakeside') },
  },
  {
    route: 'PATCH /api/tenants/{id}',
    url: '/api/tenants/:tenant',
    admin: true,
    body: () => ({ name: 'Lakeside Events' }),
    action: 'tenant.update',
    object: 'tenant',
    changes: { name: change('Lakeside', 'Lakeside Events') },
  },
  {
    route: 'PATCH /api/tenants/{id}/settings',
    url: '/api/tenants/:own/settings',
    body: () => ({ smsEnabled: true, whatsappEnabled: false, requireOptIn: { whatsapp: true } }),
    action: 'tenant.settings',
    object: 'tenant',
    changes: { whatsappEnabled: change(true, false), requireOptIn: change([], ['whatsapp']) },
  },
  {
    route: 'POST /api/link-domains',
    url: '/api/link-domains',
    body: () => ({ host: 'links.lakeside.example' }),
    as: 'domain',
    action: 'link_domain.add',
    object: 'link_domain',
    changes: { host: change(null, 'links.lakeside.example'), isVerified: change(null, false) },
  },
  {
    route: 'DELETE /api/link-domains/{id}',
    url: '/api/link-domains/:domain',
    action: 'link_domain.remove',
    object: 'link_domain',
    changes: { host: change('links.lakeside.example', null), isVerified: change(false, null) },
  },
  {
    route: 'POST /api/tenants/{id}/api-keys',
    url: '/api/tenants/:own/api-keys',
    admin: true,
    body: () => ({ name: 'checkout', scopes: ['messages:write'] }),
    as: 'key',
    action: 'api_key.issue',
    object: 'api_key',
    changes: {
      name: change(null, 'checkout'),
      scopes: change(null, ['messages:write']),
      networks: change(null, []),
      isRevoked: change(null, false),
    },
  },
  {
    route: 'POST /api/tenants/{id}/api-keys/{keyId}/rotate',
    url: '/api/tenants/:own/api-keys/:key/rotate',
    admin: true,
    body: () => ({ overlapHours: 1 }),
    action: 'api_key.rotate',
    object: 'api_key',
    changes: { expiresAt: change(null, expect.any(String)) },
  },
  {
    route: 'DELETE /api/tenants/{id}/api-keys/{keyId}',
    url: '/api/tenants/:own/api-keys/:key',
    admin: true,
    action: 'api_key.revoke',
    object: 'api_key',
    changes: { isRevoked: change(false, true) },
  },
  {
    route: 'POST /api/users',
    url: '/api/users',
    body: () => ({ email: EMAIL, name: 'Ana Private', role: 'viewer' }),
    as: 'user',
    action: 'user.invite',
    object: 'user',
    changes: { role: change(null, 'viewer'), isDisabled: change(null, false) },
  },
  {
    route: 'PATCH /api/users/{id}',
    url: '/api/users/:user',
    body: () => ({ role: 'finance', disabled: true }),
    action: 'user.update',
    object: 'user',
    changes: { role: change('viewer', 'finance'), isDisabled: change(false, true) },
  },
  {
    route: 'DELETE /api/users/{id}/sessions',
    url: '/api/users/:user/sessions',
    action: 'user.sign_out',
    object: 'user',
  },
  {
    route: 'DELETE /api/users/{id}',
    url: '/api/users/:user',
    action: 'user.remove',
    object: 'user',
    changes: { role: change('finance', null) },
  },
  {
    route: 'DELETE /api/sessions/{id}',
    url: '/api/sessions/:session',
    action: 'session.end',
  },
  {
    route: 'POST /api/venues',
    url: '/api/venues',
    body: () => ({ name: 'Boathouse' }),
    as: 'venue',
    action: 'venue.create',
    object: 'venue',
    changes: { name: change(null, 'Boathouse'), isDefault: change(null, false) },
  },
  {
    route: 'PATCH /api/venues/{id}',
    url: '/api/venues/:venue',
    body: () => ({ name: 'Old Boathouse', externalId: 'boathouse' }),
    action: 'venue.update',
    object: 'venue',
    changes: { name: change('Boathouse', 'Old Boathouse') },
  },
  {
    route: 'POST /api/provider-accounts/subaccount',
    url: '/api/provider-accounts/subaccount',
    admin: 'beside',
    body: () => ({ provider: 'twilio' }),
    as: 'subaccount',
    action: 'provider_account.subaccount',
    object: 'provider_account',
    changes: { provider: change(null, 'twilio') },
  },
  {
    route: 'POST /api/provider-accounts',
    url: '/api/provider-accounts',
    body: () => ({ provider: 'twilio', name: 'Ours', credentials: { accountSid: SID, authToken: TOKEN } }),
    as: 'account',
    action: 'provider_account.create',
    object: 'provider_account',
    changes: { provider: change(null, 'twilio'), name: change(null, 'Ours'), version: change(null, 1) },
  },
  {
    route: 'PUT /api/provider-accounts/{id}/credentials',
    url: '/api/provider-accounts/:account/credentials',
    body: () => ({ credentials: { accountSid: SID, authToken: TOKEN.replace('f', 'e') } }),
    action: 'provider_account.credentials',
    object: 'provider_account',
    changes: { version: change(1, 2) },
  },
  {
    route: 'POST /api/senders',
    url: '/api/senders',
    body: () => ({ venueId: made['venue'], channel: 'sms', address: NUMBER }),
    as: 'sender',
    action: 'sender.create',
    object: 'sender',
  },
  {
    route: 'PATCH /api/senders/{id}',
    url: '/api/senders/:sender',
    body: () => ({ ratePerSecond: 10, status: 'inactive' }),
    action: 'sender.update',
    object: 'sender',
    changes: { ratePerSecond: change(null, 10), status: change('active', 'inactive') },
  },
  {
    route: 'POST /api/auto-replies',
    url: '/api/auto-replies',
    body: () => ({ channel: 'sms', text: WORDS }),
    as: 'autoReply',
    action: 'auto_reply.create',
    object: 'auto_reply',
    changes: { channel: change(null, 'sms'), everyHours: change(null, 12), enabled: change(null, true) },
  },
  {
    route: 'PATCH /api/auto-replies/{id}',
    url: '/api/auto-replies/:autoReply',
    body: () => ({ everyHours: 24 }),
    action: 'auto_reply.update',
    object: 'auto_reply',
    changes: { everyHours: change(12, 24) },
  },
  {
    route: 'DELETE /api/auto-replies/{id}',
    url: '/api/auto-replies/:autoReply',
    action: 'auto_reply.delete',
    object: 'auto_reply',
    changes: { everyHours: change(24, null) },
  },
  {
    route: 'POST /api/templates',
    url: '/api/templates',
    body: () => ({ key: 'news', channel: 'email', category: 'transactional', subject: WORDS, text: WORDS }),
    action: 'template.create',
    object: 'template',
    changes: { channel: change(null, 'email'), category: change(null, 'transactional'), version: change(null, 1) },
  },
  {
    route: 'PUT /api/templates/{key}',
    url: '/api/templates/news',
    body: () => ({ subject: WORDS, text: `${WORDS}.` }),
    action: 'template.publish',
    object: 'template',
    changes: { version: change(1, 2) },
  },
  {
    route: 'POST /api/templates/{key}/roll-back',
    url: '/api/templates/news/roll-back',
    body: () => ({ version: 1 }),
    action: 'template.restore',
    object: 'template',
    changes: { version: change(2, 3) },
  },
  {
    route: 'PUT /api/templates/{key}/data-sets/{name}',
    url: '/api/templates/news/data-sets/long-name',
    body: () => ({ data: { words: WORDS } }),
    action: 'template.put_data_set',
    object: 'template',
  },
  {
    route: 'DELETE /api/templates/{key}/data-sets/{name}',
    url: '/api/templates/news/data-sets/long-name',
    action: 'template.remove_data_set',
    object: 'template',
  },
  {
    route: 'POST /api/template-parts',
    url: '/api/template-parts',
    body: () => ({ key: 'foot', kind: 'partial', text: WORDS }),
    action: 'template_part.create',
    object: 'template_part',
    changes: { kind: change(null, 'partial'), version: change(null, 1) },
  },
  {
    route: 'PUT /api/template-parts/{key}',
    url: '/api/template-parts/foot',
    body: () => ({ text: `${WORDS}.` }),
    action: 'template_part.publish',
    object: 'template_part',
    changes: { version: change(1, 2) },
  },
  {
    route: 'PUT /api/branding',
    url: '/api/branding',
    body: () => ({ variables: { words: WORDS }, republish: true }),
    action: 'branding.update',
    details: { republish: true },
  },
  {
    route: 'POST /api/audiences',
    url: '/api/audiences',
    body: () => ({ name: 'Members', description: WORDS }),
    as: 'audience',
    action: 'audience.create',
    object: 'audience',
    changes: { name: change(null, 'Members'), emails: change(null, '0'), phones: change(null, '0') },
  },
  {
    route: 'PATCH /api/audiences/{id}',
    url: '/api/audiences/:audience',
    body: () => ({ name: 'All members' }),
    action: 'audience.update',
    object: 'audience',
    changes: { name: change('Members', 'All members') },
  },
  {
    route: 'POST /api/segments',
    url: '/api/segments',
    body: () => ({ audienceId: made['people'], name: 'Ana', rule: { '==': [{ var: 'email' }, EMAIL] } }),
    as: 'segment',
    action: 'segment.create',
    object: 'segment',
  },
  {
    route: 'PATCH /api/segments/{id}',
    url: '/api/segments/:segment',
    body: () => ({ name: 'Others' }),
    action: 'segment.update',
    object: 'segment',
    changes: { name: change('Ana', 'Others') },
  },
  {
    route: 'DELETE /api/segments/{id}',
    url: '/api/segments/:segment',
    action: 'segment.delete',
    object: 'segment',
  },
  {
    route: 'DELETE /api/audiences/{id}/contacts/{address}',
    url: `/api/audiences/:people/contacts/${EMAIL}`,
    action: 'contact.remove',
    object: 'audience',
    changes: { emails: change(String(PEOPLE), String(PEOPLE - 1)) },
  },
  {
    route: 'POST /api/campaigns',
    url: '/api/campaigns',
    body: () => ({ ...CAMPAIGN, audienceId: made['people'] }),
    as: 'campaign',
    action: 'campaign.create',
    object: 'campaign',
  },
  {
    route: 'PATCH /api/campaigns/{id}',
    url: '/api/campaigns/:campaign',
    body: () => ({ messagesPerMinute: 1 }),
    action: 'campaign.update',
    object: 'campaign',
    changes: { messagesPerMinute: change(null, 1) },
  },
  ofCampaign('test', '', '', { body: () => ({ to: [EMAIL] }), changes: {} }),
  ofCampaign('schedule', 'DRAFT', 'SCHEDULED', {
    body: () => ({ scheduledAt: nextMonth() }),
    changes: {
      status: change('DRAFT', 'SCHEDULED'),
      scheduledAt: change(null, expect.stringMatching(/^\d{4}-\d\d-\d\dT/)),
    },
  }),
  ofCampaign('launch', 'SCHEDULED', 'SENDING'),
  ofCampaign('pause', 'SENDING', 'PAUSED'),
  ofCampaign('resume', 'PAUSED', 'SENDING'),
  ofCampaign('cancel', 'SENDING', 'CANCELLED'),
  ofCampaign('winner', '', '', {
    url: '/api/campaigns/:tried/winner',
    body: () => ({ templateKey: 'news' }),
    changes: { winner: change(null, 1) },
  }),
  {
    route: 'POST /api/automations',
    url: '/api/automations',
    body: () => ({ key: 'welcome', name: 'Welcome', definition: { trigger: 'guest.came', steps: [{ wait: 'P1D' }] } }),
    as: 'automation',
    action: 'automation.create',
    object: 'automation',
    changes: { key: change(null, 'welcome'), enabled: change(null, true), trigger: change(null, 'guest.came') },
  },
  {
    route: 'PUT /api/automations/{id}',
    url: '/api/automations/:automation',
    body: () => ({ name: 'Farewell', definition: { trigger: 'guest.went', steps: [{ wait: 'P1D' }] } }),
    action: 'automation.replace',
    object: 'automation',
    changes: {
      name: change('Welcome', 'Farewell'),
      trigger: change('guest.came', 'guest.went'),
      version: change(1, 2),
    },
  },
  {
    route: 'PATCH /api/automations/{id}',
    url: '/api/automations/:automation',
    body: () => ({ enabled: false }),
    action: 'automation.switch',
    object: 'automation',
    changes: { enabled: change(true, false) },
  },
  {
    route: 'POST /api/automations/install',
    url: '/api/automations/install',
    body: () => ({ keys: ['attendance-update'], languages: ['en'] }),
    action: 'automation.install',
    details: { keys: ['attendance-update'], languages: ['en'], enabled: undefined },
  },
  {
    route: 'POST /api/privacy/exports',
    url: '/api/privacy/exports',
    body: () => ({ address: EMAIL }),
    as: 'personExport',
    action: 'person_export.request',
    object: 'person_export',
  },
  {
    route: 'POST /api/privacy/erasures',
    url: '/api/privacy/erasures',
    body: () => ({ address: 'somebody.else@example.com' }),
    as: 'erasure',
    action: 'erasure.request',
    object: 'erasure',
  },
  {
    route: 'POST /api/webhook-endpoints',
    url: '/api/webhook-endpoints',
    body: () => ({ url: 'https://hooks.example.org/callboard', events: ['message.failed'] }),
    as: 'endpoint',
    action: 'webhook_endpoint.create',
    object: 'webhook_endpoint',
    changes: { events: change(null, ['message.failed']), enabled: change(null, true) },
  },
  {
    route: 'PATCH /api/webhook-endpoints/{id}',
    url: '/api/webhook-endpoints/:endpoint',
    body: () => ({ events: null, notifyEmails: [EMAIL] }),
    action: 'webhook_endpoint.update',
    object: 'webhook_endpoint',
    changes: { events: change(['message.failed'], null), notifyEmails: change(0, 1) },
  },
  {
    route: 'POST /api/webhook-endpoints/{id}/rotate',
    url: '/api/webhook-endpoints/:endpoint/rotate',
    action: 'webhook_endpoint.rotate',
    object: 'webhook_endpoint',
    changes: {},
  },
  {
    route: 'POST /api/webhook-endpoints/{id}/test',
    url: '/api/webhook-endpoints/:endpoint/test',
    body: () => ({ type: 'message.sent' }),
    action: 'webhook_endpoint.test',
    object: 'webhook_endpoint',
    changes: {},
  },
  {
    route: 'POST /api/webhook-endpoints/{id}/deliveries/{deliveryId}/retry',
    url: '/api/webhook-endpoints/:told/deliveries/:delivery/retry',
    action: 'webhook_delivery.retry',
    object: 'webhook_endpoint',
    changes: {},
  },
  {
    route: 'POST /api/webhook-endpoints/{id}/replay',
    url: '/api/webhook-endpoints/:told/replay',
    body: () => ({ from: new Date(Date.now() - 60_000).toISOString() }),
    action: 'webhook_endpoint.replay',
    object: 'webhook_endpoint',
    changes: {},
  },
  {
    route: 'DELETE /api/webhook-endpoints/{id}',
    url: '/api/webhook-endpoints/:endpoint',
    action: 'webhook_endpoint.delete',
    object: 'webhook_endpoint',
    changes: { enabled: change(true, null), notifyEmails: change(1, null) },
  },
  {
    route: 'POST /api/calls',
    url: '/api/calls',
    body: () => ({ to: NUMBER, content: { body: WORDS }, untilAcknowledged: true }),
    as: 'call',
    action: 'call.start',
    object: 'call',
    changes: { status: change(null, 'CALLING'), category: change(null, 'emergency'), people: change(null, 1) },
  },
  {
    route: 'POST /api/calls/{id}/acknowledge',
    url: '/api/calls/:call/acknowledge',
    action: 'call.acknowledge',
    object: 'call',
    changes: { status: change('CALLING', 'ACKNOWLEDGED'), acknowledgedVia: change(null, 'api') },
  },
  {
    route: 'POST /api/calls/{id}/cancel',
    url: '/api/calls/:escalation/cancel',
    action: 'call.cancel',
    object: 'call',
    changes: { status: change('CALLING', 'CANCELLED') },
  },
  {
    route: 'POST /api/numbers',
    url: '/api/numbers',
    body: () => ({ venueId: tenant.defaultVenueId, search: { country: 'US' } }),
    as: 'ordered',
    action: 'number.order',
    object: 'number',
    changes: { status: change(null, 'ordered'), provider: change(null, 'twilio'), rented: change(null, true) },
  },
  {
    route: 'POST /api/numbers/{id}/release',
    url: '/api/numbers/:number/release',
    body: () => ({ quarantineDays: 7 }),
    action: 'number.release',
    object: 'number',
    changes: { status: change('active', 'quarantined') },
  },
  ofCampaign('approve', '', '', {
    url: '/api/campaigns/:draft/approve',
    body: async () => {
      const { body } = await app.as(tenant).get(urlOf('/api/campaigns/:draft/approval')).expect(200);
      return { digest: (body as { digest: string }).digest, note: `As ${EMAIL} said` };
    },
    changes: { approval: change(null, expect.objectContaining({ state: 'approved', people: PEOPLE - 1 })) },
  }),
  ofCampaign('decline', '', '', {
    url: '/api/campaigns/:draft/decline',
    body: () => ({ reason: `As ${EMAIL} said` }),
    changes: {
      approval: change(expect.objectContaining({ state: 'approved' }), expect.objectContaining({ state: 'declined' })),
    },
  }),
  ofCampaign('request-approval', '', '', {
    url: '/api/campaigns/:draft/request-approval',
    action: 'campaign.request_approval',
    changes: {
      approval: change(expect.objectContaining({ state: 'declined' }), expect.objectContaining({ state: 'awaiting' })),
    },
  }),
  {
    route: 'DELETE /api/campaigns/{id}',
    url: '/api/campaigns/:draft',
    action: 'campaign.delete',
    object: 'campaign',
  },
  {
    route: 'DELETE /api/audiences/{id}',
    url: '/api/audiences/:audience',
    action: 'audience.delete',
    object: 'audience',
    changes: { name: change('All members', null), emails: change('0', null), phones: change('0', null) },
  },
  {
    route: 'DELETE /api/suppressions/{channel}/{address}',
    url: `/api/suppressions/email/${EMAIL}`,
    action: 'suppression.lift',
    details: { channel: 'email', reason: 'hard_bounce' },
  },
  {
    route: 'DELETE /api/dead-addresses/{channel}/{address}',
    url: `/api/dead-addresses/email/gone-${EMAIL}`,
    admin: true,
    action: 'dead_address.remove',
    details: { channel: 'email' },
  },
  {
    route: 'POST /api/suppressions',
    url: '/api/suppressions',
    body: () => ({ channel: 'email', address: EMAIL, reason: 'manual' }),
    action: 'suppression.add',
    details: { channel: 'email', reason: 'manual' },
  },
  {
    route: 'POST /api/suppressions/import',
    url: '/api/suppressions/import',
    body: () => ({ channel: 'sms', contacts: [{ address: NUMBER, reason: 'manual' }] }),
    action: 'suppression.import',
    details: { channel: 'sms', addresses: 1 },
  },
  {
    route: 'POST /api/suppressions/import/csv',
    url: '/api/suppressions/import/csv',
    body: () => `email,reason\nlisted-${EMAIL},hard_bounce\n`,
    action: 'suppression.import',
    details: { addresses: 1 },
  },
  {
    route: 'PUT /api/number-opt-outs/{number}/{address}',
    url: `/api/number-opt-outs/${encodeURIComponent('+15005550006')}/${encodeURIComponent(NUMBER)}`,
    admin: true,
    body: () => ({ status: 'opted_in', channel: 'sms', source: 'letter', evidence: { letter: WORDS } }),
    action: 'number_opt_out.set',
    details: { channel: 'sms', status: 'opted_in' },
  },
  {
    route: 'PUT /api/prices',
    url: '/api/prices?kind=plan&name=standard',
    admin: true,
    body: () => [{ channel: 'sms', unit: 'segment', price: '0.01', currency: 'USD' }],
    as: 'prices',
    action: 'prices.put',
    object: 'price_list_version',
    details: {
      kind: 'plan',
      name: 'standard',
      version: 1,
      lines: 1,
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  },
  {
    route: 'PUT /api/budgets',
    url: '/api/budgets',
    body: () => ({ period: 'month', measure: 'messages', limit: 50_000, hard: false, notify: { emails: [EMAIL] } }),
    action: 'budget.put',
    details: {
      period: 'month',
      measure: 'messages',
      limit: 50_000,
      currency: null,
      hard: false,
      exempt: ['emergency', 'transactional'],
      told: { emails: 1, url: false },
    },
  },
  {
    route: 'PUT /api/daily-caps',
    url: '/api/daily-caps',
    body: () => ({ channel: 'sms', category: 'marketing', limit: 5_000, notify: { emails: [EMAIL] } }),
    action: 'daily_cap.put',
    details: { channel: 'sms', category: 'marketing', limit: 5_000, told: { emails: 1, url: false } },
  },
  {
    route: 'POST /api/report-schedules',
    url: '/api/report-schedules',
    body: () => ({ report: 'delivery', period: 'yesterday', every: 'day', hour: 8, to: [EMAIL] }),
    as: 'schedule',
    action: 'report_schedule.create',
    object: 'report_schedule',
    changes: { report: change(null, 'delivery'), emails: change(null, 1), enabled: change(null, true) },
  },
  {
    route: 'PATCH /api/report-schedules/{id}',
    url: '/api/report-schedules/:schedule',
    body: () => ({ hour: 9 }),
    action: 'report_schedule.update',
    object: 'report_schedule',
    changes: { hour: change(8, 9) },
  },
  {
    route: 'POST /api/report-schedules/{id}/test',
    url: '/api/report-schedules/:schedule/test',
    action: 'report_schedule.test',
    object: 'report_schedule',
  },
  {
    route: 'DELETE /api/report-schedules/{id}',
    url: '/api/report-schedules/:schedule',
    action: 'report_schedule.delete',
    object: 'report_schedule',
    changes: { report: change('delivery', null) },
  },
  { route: 'POST /api/notices/secret', url: '/api/notices/secret', action: 'notice_secret.replace' },
  {
    route: 'POST /api/notices/{id}/redeliver',
    url: '/api/notices/:notice/redeliver',
    body: () => ({}),
    action: 'notice.redeliver',
    object: 'notice',
    changes: { waiting: change(0, 1) },
  },
  {
    route: 'PUT /api/sender-health/notify',
    url: '/api/sender-health/notify',
    body: () => ({ emails: [EMAIL] }),
    action: 'sender_health.notify',
    details: { told: { emails: 1, url: false } },
  },
  {
    route: 'POST /api/sender-pauses/{id}/resume',
    url: '/api/sender-pauses/:pause/resume',
    body: () => ({ note: 'private' }),
    action: 'sender_pause.resume',
    object: 'sender_pause',
    changes: { resumed: change(false, true) },
  },
  {
    route: 'PUT /api/pumping-guard',
    url: '/api/pumping-guard',
    body: () => ({ mode: 'block', notify: { emails: [EMAIL] } }),
    action: 'pumping_guard.put',
    details: { mode: 'block', told: { emails: 1, url: false } },
  },
  {
    route: 'POST /api/pumping-alarms/{id}/lift',
    url: '/api/pumping-alarms/:pumping/lift',
    body: () => ({ note: 'private' }),
    action: 'pumping_alarm.lift',
    object: 'pumping_alarm',
    changes: { ended: change(false, true) },
  },
  {
    route: 'POST /api/allowed-ranges',
    url: '/api/allowed-ranges',
    body: () => ({ prefix: '+37167', note: 'private' }),
    as: 'range',
    action: 'allowed_range.put',
    object: 'allowed_range',
    changes: { prefix: change(null, '+37167') },
  },
  {
    route: 'DELETE /api/allowed-ranges/{id}',
    url: '/api/allowed-ranges/:range',
    action: 'allowed_range.delete',
    object: 'allowed_range',
    changes: { prefix: change('+37167', null) },
  },
  {
    route: 'POST /api/usage/rebuild',
    url: '/api/usage/rebuild?month=2026-11',
    admin: 'beside',
    action: 'usage.rebuild',
    details: { month: '2026-11', usage: 0, amounts: 0, budgets: 0 },
  },
  {
    route: 'POST /api/reports/rebuild',
    url: '/api/reports/rebuild?month=2026-11',
    admin: 'beside',
    action: 'reports.rebuild',
    details: { month: '2026-11', failures: 0, latencies: 0 },
  },
  {
    route: 'POST /api/statements/{month}/close',
    url: '/api/statements/2026-01/close',
    admin: 'beside',
    as: 'statement',
    action: 'statement.close',
    object: 'statement',
    changes: { month: change(null, '2026-01'), contentHash: change(null, expect.stringMatching(/^[0-9a-f]{64}$/)) },
  },
  {
    route: 'POST /api/credits',
    url: '/api/credits',
    admin: 'beside',
    body: () => ({ amount: '12.50', currency: 'EUR', reason: WORDS }),
    as: 'credit_note',
    action: 'credit.grant',
    object: 'credit_note',
    changes: { amountMicros: change(null, 12_500_000), currency: change(null, 'EUR') },
  },
  {
    route: 'POST /api/reconciliations',
    url: '/api/reconciliations',
    admin: true,
    body: () => ({ provider: 'ses', day: '2026-11-01' }),
    action: 'reconciliation.request',
    details: { provider: 'ses', day: '2026-11-01' },
  },
  {
    route: 'POST /api/alerts/{id}/silence',
    url: '/api/alerts/:alert/silence',
    admin: true,
    body: () => ({ minutes: 60, reason: 'The provider works on it' }),
    action: 'alert.silence',
    object: 'alert',
    details: { rule: 'usage-sums', labels: {}, minutes: 60 },
  },
  {
    route: 'DELETE /api/alerts/{id}/silence',
    url: '/api/alerts/:alert/silence',
    admin: true,
    action: 'alert.end_silence',
    object: 'alert',
    details: { rule: 'usage-sums', labels: {} },
  },
  {
    route: 'POST /api/lanes/{id}/wake',
    url: '/api/lanes/:lane/wake',
    admin: true,
    action: 'lane.wake',
    object: 'lane',
  },
  {
    route: 'POST /api/months/ensure',
    url: '/api/months/ensure',
    admin: true,
    body: () => ({ ahead: 3 }),
    action: 'months.ensure',
    details: { ahead: 3 },
  },
  { route: 'POST /api/inbox/replay', url: '/api/inbox/replay', admin: true, body: since, action: 'inbox.replay' },
  {
    route: 'POST /api/messages/{id}/settle',
    url: '/api/messages/:doubt/settle',
    body: () => ({ decision: 'fail' }),
    action: 'doubt.settle',
    object: 'message',
  },
  ...['doubts/settle', 'waiting/retry', 'waiting/give-up', 'resend'].map((path) => ({
    route: `POST /api/desk/${path}`,
    url: `/api/desk/${path}`,
    body: () => ({
      ...(path === 'resend' && { ...since(), status: 'failed' }),
      ...(path.startsWith('d') && { decision: 'fail' }),
    }),
    action:
      { 'doubts/settle': 'doubt.settle', 'waiting/retry': 'waiting.retry', 'waiting/give-up': 'waiting.give_up' }[
        path
      ] ?? 'message.resend',
  })),
];

function since(): object {
  return { since: '2026-01-01T00:00:00Z' };
}

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  made['own'] = tenant.id;
  made['beside'] = (await app.tenant()).id;
  const sql = async (statement: string): Promise<string> =>
    (await query<{ id: string }>(app.config.databaseUrl, statement.replaceAll('TENANT', tenant.id)))[0]?.id ?? '';
  await sql(`update tenant set created_at = '2026-01-10' where id = '${made['beside']}'`); // its first month has ended
  made['people'] = await sql(
    `insert into audience (tenant_id, name, emails) values ('TENANT', 'People', ${PEOPLE}) returning id`,
  );
  await sql(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select '${made['people']}', 'email', address, '{}', uuidv7()
     from (select 'guest' || n || '.private@example.com' from generate_series(2, ${PEOPLE}) as n union select '${EMAIL}') as people (address)`,
  );
  made['draft'] = await sql(
    `insert into campaign (tenant_id, name, channel, venue_id, template_key, audience_id, created_by)
     values ('TENANT', 'Draft', 'email', '${tenant.defaultVenueId}', 'news', '${made['people']}', 'admin') returning id`,
  );
  made['tried'] = await sql(
    `with tried as (
       insert into campaign (tenant_id, name, channel, venue_id, template_key, audience_id, created_by, status, variant_stage)
       values ('TENANT', 'Tried', 'email', '${tenant.defaultVenueId}', 'news', '${made['people']}', 'admin', 'SENDING', 'test') returning id
     ), variant as (
       insert into campaign_variant (campaign_id, place, template_key, share) select id, 1, 'news', 1 from tried
     )
     insert into campaign_test (campaign_id, share_percent, duration_minutes, metric, minimum)
     select id, 20, 60, 'clicks', 1 from tried returning campaign_id as id`,
  );
  made['notice'] = await sql(
    `with written as (
       insert into notice (tenant_id, kind, subject, payload, letters)
       values ('TENANT', 'gate.closed', 'gate 4', '{}', '{"en": {"subject": "Gate 4", "blocks": []}}') returning id
     )
     insert into notice_delivery (notice_id, to_operator, channel, address, host, language, state, due_at)
     select id, false, 'email', '${EMAIL}', 'email:', 'en', 'given_up', null from written returning notice_id as id`,
  );
  made['told'] = await sql(
    `insert into webhook_endpoint (tenant_id, url) values ('TENANT', 'https://hooks.example.org/') returning id`,
  );
  made['delivery'] = await sql(
    `insert into webhook_delivery (endpoint_id, type, subject_id, fact, is_test, happened_at, state, due_at)
     values ('${made['told']}', 'endpoint.test', uuidv7(), uuidv7(), true, now(), 'given_up', null) returning id`,
  );
  made['pause'] = await sql(
    `insert into sender_pause (tenant_id, channel, address, reason, sent, bounces, complaints)
     values ('TENANT', 'email', '${EMAIL}', 'bounces', 2000, 200, 0) returning id`,
  );
  made['pumping'] = await sql(
    `insert into pumping_alarm (tenant_id, prefix, reason, blocks, numbers, messages, usual, hold_minutes, ends_at)
     values ('TENANT', '+9477123', 'adjacent_numbers', true, 42, 51, 0, 60, now() + interval '1 hour') returning id`,
  );
  made['escalation'] = await sql(
    `insert into escalation (tenant_id, venue_id, until_acknowledged, messages, steps, retry, category, created_by)
     values ('TENANT', '${tenant.defaultVenueId}', true, '{}', '[]', '{}', 'emergency', 'admin') returning id`,
  );
  await sql(`insert into dead_address (channel, address, reason, proven_at)
             values ('email', 'gone-${EMAIL}', 'hard_bounce', now())`);
  await sql(`insert into suppression (tenant_id, channel, address, reason, evidence)
             values ('TENANT', 'email', '${EMAIL}', 'hard_bounce', '{}')`);
  const { body } = await app.as(tenant).post('/api/messages').send(text()).expect(202);
  made['doubt'] = (body as { id: string }).id;
  await whenEnded(app, tenant, made['doubt']); // nothing is reported of it any more
  made['alert'] = await sql(
    `insert into alert (rule, labels, state, value, since, fired_at, resolved_at, evaluated_at)
     values ('usage-sums', '{}', 'resolved', 1, now(), now(), now(), now()) returning id`,
  );
  made['lane'] = await sql('select id from lane limit 1');
  made['session'] = await sql(
    `insert into user_session (token_hash, tenant_id, key_id, actor, expires_at)
     select 'hash', tenant_id, id, 'key:' || id, now() + interval '1 hour' from api_key where tenant_id = 'TENANT' limit 1 returning id`,
  );
  made['number'] = await sql(
    `insert into phone_number
       (tenant_id, venue_id, provider_account_id, provider, channels, bought, address, provider_id, status, ordered_by, assigned_at)
     select 'TENANT', venue.id, account.id, 'twilio', '{voice}', true, '+14155550100', 'PN1', 'active', 'admin', now()
     from venue, provider_account as account
     where venue.tenant_id = 'TENANT' and is_default and account.tenant_id is null and account.provider = 'twilio' limit 1
     returning id`,
  );
});
afterAll(() => app.close());

const agentFor = (admin: true | string | undefined): Agent =>
  admin === undefined ? app.as(tenant) : app.admin(admin === true ? undefined : made[admin]);
const urlOf = (url: string): string => url.replaceAll(/:(\w+)/g, (_, name: string) => made[name] ?? '');

const newest = async (filter = ''): Promise<AuditView[]> =>
  ((await app.admin().get(`/api/audit?limit=500${filter}`).expect(200)).body as { items: AuditView[] }).items;

const recorded = async (): Promise<number> => {
  const [row] = await app.database.query<{ count: number }>(`select count(*)::int from audit_event`);
  return row?.count ?? 0;
};

test('Every route that changes something is tried here, or is exempt for a reason', () => {
  const changing = Object.entries(openApiDocument(app.nest).paths).flatMap(([path, item]) =>
    (['post', 'put', 'patch', 'delete'] as const)
      .filter((method) => path.startsWith('/api/') && item[method])
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(changing.length).toBeGreaterThan(30);
  expect([...CALLS.map(({ route }) => route), ...Object.keys(EXEMPT)].toSorted()).toEqual(changing.toSorted());
});

test.each(CALLS)('$route is recorded as $action, once', async (call) => {
  const { route, url, admin, body, as, action, object = null, changes, details } = call;
  if (action === 'doubt.settle' && object) await doubt(made['doubt'] ?? '');
  const before = new Set((await newest()).map(({ id }) => id));
  const [method = ''] = route.toLowerCase().split(' ');
  const agent = agentFor(admin);
  const content = await body?.();
  const request = agent[method as 'post'](urlOf(url));
  if (typeof content === 'string') request.set('content-type', 'text/csv');
  const answer = await request.send(content);
  expect({ route, status: answer.status, body: answer.status < 400 ? null : (answer.body as object) }).toMatchObject({
    body: null,
  });
  if (as) made[as] = (answer.body as { id: string }).id;

  const records = (await newest()).filter(({ id }) => !before.has(id));
  expect(records).toEqual([expect.objectContaining({ action, objectKind: object })]);
  const [record] = records;
  expect(record?.actor).toMatch(admin ? /^admin$/ : /^key:[0-9a-f-]{36}$/);
  if (object) expect(record?.objectId).toBe(objectOf(call));
  if (changes) expect(record?.details.changes).toMatchObject(changes);
  if (changes) expect(Object.keys(changes).filter((name) => !(name in (record?.details.changes ?? {})))).toEqual([]);
  if (details) expect(record?.details).toEqual(details);
});

/** The id that its record names. */
function objectOf({ as, object, url, route }: Call): string | undefined {
  if (object === 'template') return 'news';
  if (object === 'template_part') return 'foot';
  if (as) return made[as];
  const places = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return made[(route.includes('keyId') ? places.at(-1) : places[0]) ?? ''];
}

/** Puts a message in doubt. */
async function doubt(id: string): Promise<void> {
  // A report that is still on its way, or not applied yet, would settle it.
  await until(() => allReported(app));
  await until(async () => {
    const left = await app.database.query(`select from inbox where applied_at is null limit 1`);
    return left.length === 0;
  });
  await query(app.config.databaseUrl, `delete from pending where message_id = '${id}'`);
  await query(app.config.databaseUrl, `update message set status = 'unknown' where id = '${id}'`);
  await query(
    app.config.databaseUrl,
    `insert into doubt (message_id, tenant_id) values ('${id}', '${tenant.id}') on conflict do nothing`,
  );
}

test('No record holds a secret, an address or a text', async () => {
  const [log] = await query<{ text: string }>(
    app.config.databaseUrl,
    `select string_agg(audit_event::text, '') as text from audit_event`,
  );
  for (const secret of [NUMBER.slice(1), EMAIL, 'private', WORDS, TOKEN, tenant.key, 'secretHash', SID])
    expect(log?.text).not.toContain(secret);
});

test('A venue that is named by its externalId is recorded by its id', async () => {
  await app.as(tenant).patch('/api/venues/boathouse').send({ name: 'Boathouse' }).expect(200);
  const [record] = await newest();
  expect(record).toMatchObject({
    action: 'venue.update',
    objectId: made['venue'],
    details: { changes: { name: change('Old Boathouse', 'Boathouse') } },
  });
});

test('What is refused leaves no record, and a repeated request leaves one', async () => {
  const before = await recorded();
  await app.as(tenant).post('/api/venues').send({ name: '' }).expect(400);
  await app.as(tenant).patch(`/api/venues/${tenant.id}`).send({ name: 'Nowhere' }).expect(404);
  await app.as(tenant).patch('/api/venues/no-id').send({ name: 'Nowhere' }).expect(404);
  await app.admin().patch('/api/venues/no-id').send({ name: 'Nowhere' }).expect(400);
  const other = await app.tenant();
  await app.as(other).patch(`/api/tenants/${tenant.id}/settings`).send({ smsEnabled: false }).expect(404);
  await app
    .as(tenant)
    .post('/api/templates')
    .send({ key: 'news', channel: 'sms', category: 'marketing', body: 'x' })
    .expect(409);
  expect(await recorded()).toBe(before + 2); // the other tenant and its key
  const once = { name: 'Once' };
  for (const status of [201, 201])
    await app.as(tenant).post('/api/venues').set('idempotency-key', 'venue-1').send(once).expect(status);
  expect(await recorded()).toBe(before + 3);
});

test('The log is filtered by tenant, actor and object, and a key sees only its tenant’s', async () => {
  const [admins, senders] = [await newest('&actor=admin'), await newest('&object=sender')];
  expect(new Set(admins.map(({ actor }) => actor))).toEqual(new Set(['admin']));
  expect(senders.map(({ action }) => action)).toEqual(['sender.update', 'sender.create']);
  expect(await newest(`&object=sender&objectId=${made['sender']}`)).toEqual(senders);
  expect(await newest(`&objectId=${made['tenant']}`)).toHaveLength(2);
  const { body } = await app.as(tenant).get('/api/audit?limit=100').expect(200);
  const own = (body as { items: AuditView[] }).items;
  expect(new Set(own.map(({ tenantId }) => tenantId))).toEqual(new Set([tenant.id]));
  // What the operator did to it is among them, whether or not it acted for it.
  expect(own.filter(({ actor }) => actor === 'admin').map(({ action }) => action)).toEqual(
    expect.arrayContaining(['api_key.issue', 'api_key.revoke']),
  );
});

const exported = async (asked = '', agent = app.admin()): Promise<string> => {
  const { body, text: csv } = await agent.get(`/api/audit/export${asked}`).buffer(true).expect(200);
  return Buffer.isBuffer(body) ? body.toString() : csv;
};

test('What was recorded on the way is one valid chain for each tenant, and its export says so without the database', async () => {
  const { body } = await app.admin().get('/api/audit/heads?limit=500').expect(200);
  const { items: anchors } = body as { items: ChainHead[] };
  expect(anchors.map(({ tenantId }) => tenantId)).toEqual(expect.arrayContaining([null, tenant.id]));
  const whole = await exported();
  const { findings, records, chains } = await verifyExport(Readable.from(whole), { anchors });
  expect({ findings, chains }).toEqual({ findings: [], chains: anchors.length });
  expect(records).toBeGreaterThan(CALLS.length);
  const { code, out } = await callboard(environmentOf(app), 'audit', 'verify');
  expect({ code, out }).toEqual({ code: 0, out: `${records} records in ${chains} chains are what they were.` });

  const altered = whole.replace('"venue.create"', '"venue.update"');
  expect((await verifyExport(Readable.from(altered))).findings).toMatchObject([{ fault: 'altered' }]);
  const lines = whole.split('\n');
  const gap = lines.findIndex((line) => line.includes(`"${tenant.id}"`)) + 1;
  const without = lines.filter((line, place) => place !== gap || !line.includes(`"${tenant.id}"`)).join('\n');
  expect(without).not.toBe(whole);
  expect((await verifyExport(Readable.from(without))).findings).toMatchObject([{ fault: 'deleted' }]);
  const filtered = await exported('?action=venue.update');
  expect((await verifyExport(Readable.from(filtered), { isPart: true })).findings).toEqual([]);
});

test('An export is of a tenant, of a time and of what is asked for, as JSON Lines or CSV', async () => {
  const own = await exported('?action=venue.create', app.as(tenant));
  const records = own
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditView & { at: string });
  expect(records).toMatchObject([
    { tenantId: tenant.id, origin: 'loopback', details: { changes: {} } },
    { objectKind: 'venue' },
  ]);
  const [first] = records;
  expect(await exported(`?action=venue.create&until=${first?.at}`)).not.toContain(first?.id);
  expect(await exported(`?action=venue.create&since=${first?.at}`)).toContain(first?.id);
  const csv = await exported('?format=csv&action=venue.create');
  const [head, ...rows] = csv.trim().split('\n');
  expect(head).toBe('seq,id,at,actor,origin,tenant_id,action,object_kind,object_id,details,previous_hash,hash');
  expect(rows).toHaveLength(records.length);
  const heads = await app.as(tenant).get('/api/audit/heads').expect(200);
  expect((heads.body as { items: object[] }).items).toMatchObject([{ tenantId: tenant.id }]);
  const stranger = await app.keyOf(tenant, ['usage:read']);
  await app.as(stranger).get('/api/audit/export').expect(403);
});

test('A change whose record cannot be written is not made', async () => {
  await app.database.query(`alter table audit_event add constraint refused check (action <> 'venue.create') not valid`);
  await app.as(tenant).post('/api/venues').send({ name: 'Nowhere' }).expect(500);
  await app.database.query('alter table audit_event drop constraint refused');
  const { body } = await app.as(tenant).get('/api/venues?limit=500').expect(200);
  expect((body as { items: { name: string }[] }).items.map(({ name }) => name)).not.toContain('Nowhere');
});
