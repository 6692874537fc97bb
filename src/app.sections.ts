/** The sections of the API's documentation, in the order in which a newcomer needs them. */
import type { ApiSection } from './kernel/index.js';

export const SECTIONS: readonly ApiSection[] = [
  { name: 'Messages', description: 'Send one or many, follow each to its end, cancel and send again' },
  { name: 'Conversations', description: 'What people write to venues by text or WhatsApp, and answers to them' },
  { name: 'Calls', description: 'Call one person after another until somebody acknowledges' },
  { name: 'Events', description: 'Services say what happened; automations know what to write' },
  {
    name: 'Automations',
    description: 'Rules of a tenant: after which event, under which conditions, what is sent to whom, and when',
  },
  { name: 'Templates', description: 'What messages say: Liquid texts in versions that never change, with a preview' },
  { name: 'Files', description: 'Tickets, pictures and passes: uploaded once, carried by any number of emails' },
  { name: 'Consent', description: 'Whom a venue may write to, the log that proves it, and suppressed addresses' },
  { name: 'Privacy', description: 'Everything about a person: exported, or erased with a certificate' },
  { name: 'Audiences', description: 'Groups of people to send to, imported as CSV, NDJSON or JSON' },
  { name: 'Segments', description: 'Parts of audiences by a rule over attributes, consent and engagement' },
  {
    name: 'Campaigns',
    description: 'One template to a whole audience: estimate, test, launch, schedule, pause, follow',
  },
  { name: 'Usage', description: 'What was sent, by month and day: the ground of the bill' },
  {
    name: 'Reports',
    description: 'Delivery, engagement, cost, failures and latency, by day, campaign, channel and more',
  },
  { name: 'Prices', description: 'What messages are charged: dated price lists, and a quote for one message' },
  { name: 'Statements', description: 'Closed months with their lines, which never change, and credits' },
  { name: 'Reconciliations', description: 'Days compared with the providers’ own books; for the admin key' },
  { name: 'Budgets', description: 'How much a tenant may use in a month, and what waits beyond it' },
  {
    name: 'Webhook endpoints',
    description: 'Where a tenant is told what happens: signed posts, with a log, replays and tests',
  },
  { name: 'Notices', description: 'What the platform told people itself, by signed posts and emails' },
  {
    name: 'Venues and senders',
    description: 'Who speaks: the venues of a tenant, and the addresses and numbers they send from',
  },
  {
    name: 'Sender health',
    description: 'How much of what senders send bounces or is reported as spam, and marketing that waits for it',
  },
  {
    name: 'Pumping guard',
    description: 'Ranges of numbers that a tenant seems to be made send texts for somebody’s profit',
  },
  { name: 'Numbers', description: 'Phone numbers of venues: found, rented, verified, given back, and whose they were' },
  { name: 'Provider accounts', description: 'A tenant’s own accounts at the providers, instead of the platform’s' },
  { name: 'Tenants', description: 'The customers of the platform, their switches and API keys; for the admin key' },
  {
    name: 'Users',
    description: 'People who use the console: invited, signed in by OpenID Connect or with a key, their roles',
  },
  { name: 'Operator’s desk', description: 'What is stuck, decisions about it, and the audit log' },
  {
    name: 'Alerts',
    description: 'What is wrong with the service, who was told, and what is watched; for the admin key',
  },
  { name: 'Lanes', description: 'The queues of senders: their rates, and whether their providers answer' },
  { name: 'Webhooks', description: 'What providers report; each report is signed' },
  { name: 'Operations', description: 'Health and metrics, without a key' },
  {
    name: 'Sandbox',
    description: 'The providers on this machine: what they took, what people answer, and how they fail',
  },
];
