/** How long a tenant's data are kept. */
import { Int } from '../kernel/index.js';

export const RETENTION_KINDS = ['content', 'recipients', 'received'] as const;
export type RetentionKind = (typeof RETENTION_KINDS)[number];

/** No less: reports, replies and resends need what a message said and whom it went to for a while. */
export const SHORTEST_DAYS = { content: 7, recipients: 90, received: 7 };
export const LONGEST_DAYS = 3_650;

/** In days; what is left out is as long as the platform says. */
export class Retention {
  @Int({
    required: false,
    min: SHORTEST_DAYS.content,
    max: LONGEST_DAYS,
    example: 90,
    description: 'What messages said, with the data they were made of',
  })
  contentDays?: number;

  @Int({
    required: false,
    min: SHORTEST_DAYS.recipients,
    max: LONGEST_DAYS,
    example: 730,
    description: 'Whom messages went to, and references, with what they said. Of a number its country stays',
  })
  recipientDays?: number;

  @Int({
    required: false,
    min: SHORTEST_DAYS.received,
    max: LONGEST_DAYS,
    example: 365,
    description: 'What people wrote, with their pictures',
  })
  receivedDays?: number;
}
