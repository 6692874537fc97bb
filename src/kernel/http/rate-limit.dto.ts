/** Limits of requests by what they do, as they are set for one key or tenant. */
import { Int } from '../validation/fields.js';

/** `send`: what accepts messages, calls and events; `read`: every GET; `write`: all else. */
export const ROUTE_GROUPS = ['send', 'read', 'write'] as const;
export type RouteGroup = (typeof ROUTE_GROUPS)[number];

export type RequestsPerMinute = Readonly<Partial<Record<RouteGroup, number>>>;

const LIMIT = { required: false, min: 1, max: 10_000_000, example: 6_000 };

export class RequestsPerMinuteBody {
  @Int({ ...LIMIT, description: 'Messages, batches, calls and events' })
  send?: number;

  @Int({ ...LIMIT, description: 'Every GET' })
  read?: number;

  @Int({ ...LIMIT, description: 'All else' })
  write?: number;
}
