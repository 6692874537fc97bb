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

  /** Whether a rendering may leave the part within these nodes: `break` and `continue` outside a loop end it. */
  function visit(within: readonly Template[], loopNames: readonly string[], isAlways: boolean, depth: number): boolean {
    if (depth > LIMITS.depth) throw new RangeError('Tags stand too deep within each other');
    let mayEnd = false;
    for (const node of within) {
      const always = isAlways && !mayEnd;
      for (const read of always && !asksOnly(node) ? readsOf(node) : []) {
        const variable = { name: read.getText(), path: pathOf(read) };
        const root = String(variable.path?.[0] ?? '');
        if (!locals.has(root) && !loopNames.includes(root)) required.set(variable.name, variable);
      }
      const children = toValueSync(node.children?.(false, true) ?? []);
      const alwaysWithin = always && !asksOnly(node) && !repeats(node);
      const endsWithin = visit(children, [...loopNames, ...(node.blockScope?.() ?? [])], alwaysWithin, depth + 1);
      mayEnd ||= isEnd(node) || (endsWithin && !stopsAtEnds(node));
      for (const local of node.localScope?.() ?? []) locals.add(local.content);
    }
    return mayEnd;
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

function isEnd(node: Template): boolean {
  return node instanceof BreakTag || node instanceof ContinueTag;
}

/** To a table row a `break` of its own is one of the part. */
function stopsAtEnds(node: Template): boolean {
  return node instanceof ForTag;
}

function* readsOf(node: Template): Generator<PropertyAccessToken> {
  if (node instanceof ForTag) return yield* readsIn(node.collection); // its limit and offset only if there is anything
  for (const argument of node.arguments?.() ?? []) yield* readsIn(argument);
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
