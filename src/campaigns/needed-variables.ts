/** What a template needs of each contact, asked of the whole audience at once. */
import { requiredPaths, type CompiledTemplate } from '../templates/index.js';

/** The paths of the variables that every rendering needs, as PostgreSQL arrays: `{"order","total"}`. */
export const neededBy = (template: CompiledTemplate): string[] =>
  requiredPaths(template).map((path) => `{${path.map((step) => JSON.stringify(String(step))).join(',')}}`);

/** SQL: whether attributes lack any of the paths. A JSON null is a value, as in the templates. */
export const LACKS_VARIABLES = (attributes: string, paths: string): string =>
  `exists (select from unnest(${paths}) as needed where ${attributes} #> needed::text[] is null)`;
