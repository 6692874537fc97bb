/** The variables that a parsed part needs whatever the data. */
import {
  BreakTag,
  CaseTag,
  ContinueTag,
  CycleTag,
  ForTag,
  IfTag,
  TablerowTag,
  toValueSync,
  TypeGuards,
  UnlessTag,
  Value,
  type PropertyAccessToken,
  type Template,
} from 'liquidjs';
import { LIMITS } from './limits.js';

export interface Variable {
  /** As in the template: `order.total`, `seats[0].row`. */
  readonly name: string;
  /** Undefined if a step is itself a variable: `prices[currency]`. */
  readonly path: readonly (string | number)[] | undefined;
}

export interface Variables {
  /** Read in every rendering and without a default, in the template's order. */
  readonly required: readonly Variable[];
  /** Names set by the part itself with `assign`, `capture` and similar. */
  readonly locals: ReadonlySet<string>;
}

/** @throws RangeError if tags are nested too deeply */
export function findVariables(nodes: readonly Template[]): Variables {
  const required = new Map<string, Variable>();
  const locals = new Set<string>();

  function visit(within: readonly Template[], loopNames: readonly string[], isAlways: boolean, depth: number): void {
    if (depth > LIMITS.depth) throw new RangeError('Tags stand too deep within each other');
    let always = isAlways;
    for (const node of within) {
      for (const read of always && !asksOnly(node) ? readsOf(node) : []) {
        const variable = { name: read.getText(), path: pathOf(read) };
        const root = String(variable.path?.[0] ?? '');
        if (!locals.has(root) && !loopNames.includes(root)) required.set(variable.name, variable);
      }
      const alwaysWithin = always && !asksOnly(node) && !repeats(node);
      visit(childrenOf(node), [...loopNames, ...(node.blockScope?.() ?? [])], alwaysWithin, depth + 1);
      for (const local of node.localScope?.() ?? []) locals.add(local.content);
      always &&= !mayEnd(node);
    }
  }

  visit(nodes, [], true, 0);
  return { required: [...required.values()], locals };
}

/** Tags that evaluate their arguments in turn, missing or not, and output at most one child. */
function asksOnly(node: Template): boolean {
  return node instanceof IfTag || node instanceof UnlessTag || node instanceof CaseTag || node instanceof CycleTag;
}

function repeats(node: Template): boolean {
  return node instanceof ForTag || node instanceof TablerowTag;
}

/** Whether a rendering may end here: outside a `for`, `break` and `continue` leave out the rest of the part. */
function mayEnd(node: Template): boolean {
  if (node instanceof BreakTag || node instanceof ContinueTag) return true;
  return !(node instanceof ForTag) && childrenOf(node).some(mayEnd);
}

const childrenOf = (node: Template): Template[] => toValueSync(node.children?.(false, true) ?? []);

function* readsOf(node: Template): Generator<PropertyAccessToken> {
  // The limit and the offset of a loop are read only if there is anything.
  const argumentsRead = node instanceof ForTag ? [node.collection] : (node.arguments?.() ?? []);
  for (const argument of argumentsRead) yield* readsIn(argument);
}

function* readsIn(argument: unknown): Generator<PropertyAccessToken> {
  if (argument instanceof Value || TypeGuards.isFilteredValueToken(argument)) {
    const hasDefault = argument.filters[0]?.name === 'default';
    for (const operand of hasDefault ? [] : argument.initial.postfix) yield* readsIn(operand);
    for (const filter of argument.filters) {
      for (const value of filter.args) yield* readsIn(Array.isArray(value) ? value[1] : value);
    }
  } else if (TypeGuards.isRangeToken(argument)) {
    yield* readsIn(argument.lhs);
    yield* readsIn(argument.rhs);
  } else if (TypeGuards.isPropertyAccessToken(argument)) {
    if (!argument.variable) yield argument;
    for (const step of argument.props) yield* readsIn(step);
  }
}

function pathOf(read: PropertyAccessToken): Variable['path'] {
  const steps = read.props.filter(
    (step) => TypeGuards.isWordToken(step) || TypeGuards.isQuotedToken(step) || TypeGuards.isNumberToken(step),
  );
  return steps.length === read.props.length ? steps.map((step) => step.content) : undefined;
}
