/** Whether a tenant was told what happened, of each message in order. Pure. */

/** The fields of an event that say what it is about. */
export interface Arrival {
  readonly type: string;
  readonly messageId?: string;
  readonly position?: number;
  /** Of a change of consent. */
  readonly address?: string;
  readonly status?: string | null;
}

/** Something that happened to a message, as the ledger has it. */
export interface Fact {
  readonly messageId: string;
  readonly kind: string;
  readonly position: number;
}

const keyOf = ({ messageId = '', position = 0 }: Partial<Fact>): string => `${messageId} ${position}`;

/** What was told of nobody, or not at all. */
export function untold(taken: readonly Arrival[], facts: readonly Fact[], stopped: readonly string[]): string[] {
  const told = new Set(taken.map(keyOf));
  const optedOut = new Set(taken.filter(({ type }) => type === 'consent.opted_out').map(({ address }) => address));
  return [
    ...facts.filter((fact) => !told.has(keyOf(fact))).map(({ kind }) => `not told: ${kind}`),
    ...stopped.filter((person) => !optedOut.has(person)).map(() => 'not told: a STOP'),
  ];
}

/** Messages of which something was first told after what came later. Repeats do not count: whatever was told may be told again. */
export function outOfOrder(taken: readonly Arrival[]): string[] {
  const highest = new Map<string, number>();
  const seen = new Set<string>();
  return taken.flatMap((arrival) => {
    const { messageId, position, type } = arrival;
    if (messageId === undefined || position === undefined || seen.has(keyOf(arrival))) return [];
    seen.add(keyOf(arrival));
    const before = highest.get(messageId) ?? 0;
    highest.set(messageId, Math.max(before, position));
    return position < before ? [`told out of order: ${type}`] : [];
  });
}
