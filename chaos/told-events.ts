/** Whether events have led to what they must: one run each, with each of its messages once. Pure. */
import type { Told } from './scenario.js';

/** An event that is stored, and one of its runs if it has any. */
export interface KnownEvent {
  /** As it was told. */
  readonly id: string;
  /** Null without a run. */
  readonly status: string | null;
  /** How many messages the run says it has sent. */
  readonly sent: number;
  /** The step of each message that there is of the run. */
  readonly steps: readonly string[];
}

/** Of an order that stands; the other one is refunded, and nobody is written to. */
const WANTED = { 'order-1': { status: 'done', messages: 2 }, 'order-3': { status: 'stopped', messages: 0 } } as const;

/** What is wrong with each event that has not come to the end that its order demands, or that nobody told. */
export function unfinishedEvents(told: readonly Told[], known: readonly KnownEvent[]): string[] {
  const rows = Map.groupBy(known, ({ id }) => id);
  const wrong = told.flatMap((event, place) => {
    const isReturned = told
      .slice(place)
      .some(({ type, orderId }) => type === 'order.returned' && orderId === event.orderId);
    return wrongWith(event, isReturned, rows.get(event.id) ?? []);
  });
  const ids = new Set(told.map(({ id }) => id));
  const strangers = [...rows.keys()].filter((id) => !ids.has(id)).map(() => 'told by nobody');
  return [...wrong, ...strangers].map((what) => `an event: ${what}`);
}

/** Steps that were made more than once for one event, in whichever run. */
export function repeatedSteps(known: readonly KnownEvent[]): string[] {
  return [...Map.groupBy(known, ({ id }) => id).values()].flatMap((rows) => {
    const times = Map.groupBy(
      rows.flatMap(({ steps }) => steps),
      (step) => step,
    );
    return [...times].filter(([, made]) => made.length > 1).map(([step]) => `made twice for an event: ${step}`);
  });
}

/** Nothing, or one thing. */
function wrongWith({ type, orderId }: Told, isReturned: boolean, [row, ...more]: readonly KnownEvent[]): string[] {
  if (!row) return ['not stored'];
  if (type === 'order.returned') return row.status === null ? [] : ['a return that began a run'];
  if (row.status === null) return ['no run'];
  if (more.length > 0) return [`${more.length + 1} runs`];
  const { status, messages } = WANTED[orderId];
  const { sent, steps } = row;
  if (isReturned && row.status === 'stopped' && sent <= messages && steps.length === sent) return [];
  if (row.status === status && sent === messages && steps.length === messages) return [];
  return [`${row.status}, ${sent} sent, ${steps.length} messages`];
}
