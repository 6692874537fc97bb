/** What a template needs of each contact, checked for the whole audience at once. */
import { requiredPaths, type CompiledTemplate } from '../templates/index.js';

/** A jsonpath matching attributes with all variables that every rendering needs; without a template, all. */
export function neededBy(template?: CompiledTemplate): string {
  const paths = template ? requiredPaths(template) : [];
  const conditions = paths.map((path) => `exists(@${path.map(step).join('')})`);
  return conditions.length === 0 ? 'strict $' : `strict $ ? (${conditions.join(' && ')})`;
}

const step = (name: string | number): string => (typeof name === 'number' ? `[${name}]` : `.${JSON.stringify(name)}`);

/** SQL: whether attributes lack any of them. A JSON null is a value, as in the templates. */
export const LACKS_VARIABLES = (attributes: string, needed: string): string =>
  `not coalesce(${attributes} @? ${needed}::jsonpath, false)`;
