/** The one table of commands: help, completion and their documentation's tests read it. */
import type { CliCommand } from './command-line.js';
import { DOCTOR } from './doctor.js';
import type { CliGroup } from './help.js';
import { WEBHOOK_SEND } from './webhook-send.js';

export const GROUPS: readonly CliGroup[] = [
  { name: 'doctor', about: 'what is wrong with a configuration', commands: [DOCTOR] },
  { name: 'webhook', about: 'webhooks as providers post them', commands: [WEBHOOK_SEND] },
];

export const COMMANDS: readonly CliCommand[] = GROUPS.flatMap(({ commands }) => commands);
