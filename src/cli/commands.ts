/** The one table of commands: help, completion and the tests of their documentation read it. */
import type { CliCommand } from './command-line.js';
import { ALERTS } from './commands/alerts.js';
import { AUDIT } from './commands/audit.js';
import { CAMPAIGN } from './commands/campaign.js';
import { CONSENT } from './commands/consent.js';
import { DESKS } from './commands/desk.js';
import { DOUBTS } from './commands/doubts.js';
import { GRANTS } from './commands/grants.js';
import { INBOX } from './commands/inbox.js';
import { KEYS } from './commands/keys.js';
import { LANES } from './commands/lanes.js';
import { LISTENING, TRIGGERING } from './commands/listen.js';
import { MESSAGES } from './commands/messages.js';
import { MONTHS } from './commands/months.js';
import { STATEMENTS } from './commands/statements.js';
import { TENANTS } from './commands/tenants.js';
import { USAGE } from './commands/usage.js';
import { completion } from './completion.js';
import { DOCTOR } from './doctor.js';
import type { CliGroup } from './help.js';
import { WEBHOOK_SEND } from './webhook-send.js';

export const GROUPS: readonly CliGroup[] = [
  { name: 'doctor', about: 'what is wrong with a configuration', commands: [DOCTOR] },
  { name: 'desk', about: 'what is stuck', commands: DESKS },
  { name: 'alerts', about: 'what is wrong, and what is watched', commands: ALERTS },
  { name: 'tenants', about: 'the customers of the platform, and their settings', commands: TENANTS },
  { name: 'keys', about: 'the API keys of a tenant', commands: KEYS },
  { name: 'campaign', about: 'campaigns, steered and followed', commands: CAMPAIGN },
  { name: 'messages', about: 'messages and their timelines', commands: MESSAGES },
  { name: 'doubts', about: 'messages of which nobody knows whether they were sent', commands: DOUBTS },
  { name: 'lanes', about: 'the queues to the providers, and their circuit breakers', commands: LANES },
  { name: 'inbox', about: 'what providers reported', commands: INBOX },
  { name: 'usage', about: 'what tenants have used', commands: USAGE },
  { name: 'statements', about: 'the closed months of tenants', commands: STATEMENTS },
  { name: 'months', about: 'the monthly partitions of the ledger', commands: MONTHS },
  { name: 'grants', about: 'what roles of the database may do', commands: GRANTS },
  { name: 'audit', about: 'who changed what, and the proof that nothing of it was changed since', commands: AUDIT },
  { name: 'consent', about: 'proofs of what people decided', commands: CONSENT },
  { name: 'webhook', about: 'webhooks as providers post them', commands: [WEBHOOK_SEND] },
  { name: 'listen', about: 'what a tenant is told, as it happens', commands: LISTENING },
  { name: 'trigger', about: 'events that did not happen, to try what receives them', commands: TRIGGERING },
  { name: 'completion', about: 'the shell’s help with these commands', commands: [completion(() => COMMANDS)] },
];

export const COMMANDS: readonly CliCommand[] = GROUPS.flatMap(({ commands }) => commands);
