/** What a template needs of each contact, asked of a whole audience in SQL: the same question that the renderer asks of one. */
import { requiredPaths, type CompiledTemplate, type RequiredPath } from '../templates/index.js';

type Step = string | number;

/** Longer paths, and those with more ambiguous steps, are left to the renderer: each such step doubles a condition. */
const MOST_STEPS = 50;
const MOST_AMBIGUOUS = 6;
/** PostgreSQL's longest repetition in a regular expression. */
const MOST_REPEATS = 255;

/** A jsonpath matching attributes with all variables that every rendering needs; without a template, all. */
export function neededBy(template?: CompiledTemplate): string {
  const paths = template ? askedOf(template).map(({ path }) => path) : [];
  return paths.length === 0 ? 'strict $' : `strict $ ? (${paths.map(has).join(' && ')})`;
}

/** Of each such variable, by its name, the jsonpath that matches attributes with it. */
export const neededByName = (template: CompiledTemplate): [name: string, jsonpath: string][] =>
  askedOf(template).map(({ name, path }) => [name, `strict $ ? (${has(path)})`]);

const askedOf = (template: CompiledTemplate): RequiredPath[] =>
  requiredPaths(template).filter(({ path }) => isAsked(path));

/** SQL: whether attributes lack any of them. JSON null counts as missing, as in the templates. */
export const LACKS_VARIABLES = (attributes: string, needed: string): string =>
  `not coalesce(${attributes} @? ${needed}::jsonpath, false)`;

const isAsked = (path: readonly Step[]): boolean =>
  path.length <= MOST_STEPS && path.filter(isAmbiguous).length <= MOST_AMBIGUOUS;

/**
 * A condition: that the path leads from `@` to a value other than null. An accessor of a value of another type is an error, by
 * which a condition is unknown: so no type has to be asked for.
 */
function has(path: readonly Step[]): string {
  const at = path.findIndex(isAmbiguous);
  const fields = at === -1 ? path : path.slice(0, at);
  if (!fields.every(isStorable)) return '(1 == 2)';
  const step = path[at];
  const then = step === undefined ? '@ != null' : `(${meanings(step, path.slice(at + 1)).join(' || ')})`;
  return fields.length === 0 ? then : leads(fields.map(field).join(''), then);
}

const leads = (accessor: string, then: string): string => `exists(@${accessor} ? (${then}))`;
const field = (name: Step): string => `.${JSON.stringify(String(name))}`;
/** Else jsonb has no such key, and jsonpath no such text. */
const isStorable = (name: Step): boolean => String(name).isWellFormed() && !String(name).includes('\0');

/** Not only a field: `seats.size`, `seats.first`, `seats[-1]`, `name[0]`. */
const isAmbiguous = (step: Step): boolean =>
  ['size', 'length', 'first', 'last'].includes(String(step)) || indexOf(step) !== undefined;

/** `["0"]` reads an element too, `["-1"]` only a field. */
function indexOf(step: Step): number | undefined {
  if (typeof step === 'number') return Number.isInteger(step) ? step : undefined;
  return /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : undefined;
}

/** What a step may read, each as a condition: a field of an object, and more of lists and texts. */
function meanings(step: Step, rest: readonly Step[]): string[] {
  const then = has(rest);
  const index = indexOf(step);
  if (index !== undefined) {
    const element = index < 0 ? `[last - ${-index - 1}]` : `[${index}]`;
    return [
      leads(field(step), then),
      leads(element, then),
      ...(index >= 0 && isOfCharacter(rest) ? [length(index)] : []),
    ];
  }
  if (step === 'first') return [leads(field(step), then), leads('[0]', then)];
  if (step === 'last') return [leads(field(step), then), leads('[last]', then)];
  const counts = rest.length === 0 ? ['@.type() == "string"', '@.type() == "array"'] : [];
  return [leads(field(step), then), ...counts];
}

/** A text longer than this many characters; any text where that is too many to ask. */
const length = (index: number): string =>
  index < MOST_REPEATS ? `@ like_regex "^.{${index + 1}}" flag "s"` : '@.type() == "string"';

/** Whether a single character has what the steps read. */
function isOfCharacter([step, ...rest]: readonly Step[]): boolean {
  if (step === undefined) return true;
  return indexOf(step) === 0 ? isOfCharacter(rest) : ['size', 'length'].includes(String(step)) && rest.length === 0;
}
