/** Conditions of a rule: what must hold of the order, the customer, the event, or the data that came with it. */
import { at } from '../../kernel/index.js';

export const OPERATORS = ['equal', 'not_equal', 'one_of', 'at_least', 'at_most', 'present', 'absent'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  /** A path such as `order.attributes.total`. */
  readonly field: string;
  readonly is: Operator;
  /** A text, number or boolean; a list for `one_of`; none for `present` and `absent`. */
  readonly value?: unknown;
}

/** What a condition can look at: objects by name. */
export type Facts = Readonly<Record<string, unknown>>;

/** Names of what conditions and templates are given. */
export const FACTS = ['data', 'order', 'customer', 'event', 'attendee'] as const;

/** True if all hold. A value that is missing, or of another kind, equals nothing and is neither large nor small. */
export const allHold = (conditions: readonly Condition[], facts: Facts): boolean =>
  conditions.every((condition) => holds(condition, facts));

/** The first that does not hold. */
export const failing = (conditions: readonly Condition[], facts: Facts): Condition | undefined =>
  conditions.find((condition) => !holds(condition, facts));

function holds({ field, is, value }: Condition, facts: Facts): boolean {
  const found = at(facts, ...field.split('.')) ?? undefined;
  switch (is) {
    case 'present':
      return found !== undefined;
    case 'absent':
      return found === undefined;
    case 'equal':
      return found !== undefined && found === value;
    case 'not_equal':
      return found !== undefined && found !== value;
    case 'one_of':
      return found !== undefined && Array.isArray(value) && value.includes(found);
    case 'at_least':
      return typeof found === 'number' && typeof value === 'number' && found >= value;
    case 'at_most':
      return typeof found === 'number' && typeof value === 'number' && found <= value;
  }
}
