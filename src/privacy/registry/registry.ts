/** The list of what may hold personal data, in the order in which it is erased: what is found by other rows goes before these. */
import { CONSENT_TABLES } from './consent-tables.js';
import { CONVERSATION_TABLES } from './conversation-tables.js';
import { LIST_TABLES } from './list-tables.js';
import { MESSAGE_TABLES } from './message-tables.js';
import type { PersonalTable } from './personal-table.js';

export const PERSONAL_TABLES: readonly PersonalTable[] = [
  ...LIST_TABLES,
  ...CONSENT_TABLES,
  ...CONVERSATION_TABLES,
  ...MESSAGE_TABLES,
];
