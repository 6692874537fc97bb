/** The two sandboxed Liquid engines that parse and render all parts of all templates. */
import { Liquid, toValueSync, type FilterImplOptions, type Template } from 'liquidjs';
import { wholeAllowance, type Allowance } from './allowance.js';
import { ARITHMETIC } from './arithmetic.js';
import { BLANK_OPERATORS } from './blank.operators.js';
import { date, isNow } from './date.filter.js';
import { LIMITS } from './limits.js';
import { MeteredCapture, MeteredOutput, StrictContext, contextOptions, metered } from './liquid-sandbox.js';
import { money } from './money.filter.js';
import { escapeHtml, escapeHtmlOnce } from './printing.js';
import { scriptJson } from './script-json.filter.js';
import { split } from './split.filter.js';

/** Tags that reach outside the template. */
const NO_TAGS = ['include', 'render', 'layout', 'block'];
/** Filters that run text as code, which the analysis of variables cannot see, and dates in the host's time zone. */
const NO_FILTERS =
  'where_exp reject_exp group_by_exp has_exp find_exp find_index_exp ' +
  'date_to_xmlschema date_to_rfc822 date_to_string date_to_long_string';
const OWN_FILTERS: Readonly<Record<string, FilterImplOptions>> = {
  ...ARITHMETIC,
  date: dateAsOf,
  money,
  script_json: scriptJson,
  split,
};
/** `'now'` is the time of the rendering. */
function dateAsOf(this: { readonly context: unknown }, value: unknown, ...options: unknown[]): string {
  const { now } = this.context instanceof StrictContext ? this.context : {};
  return date(now && isNow(value) ? now.toISOString() : value, ...options);
}

/** Their output is HTML already, or belongs into a script; `raw` prevents escaping it. */
const HTML_FILTERS: Readonly<Record<string, FilterImplOptions>> = {
  script_json: { raw: true, handler: scriptJson },
  escape: { raw: true, handler: escapeHtml },
  xml_escape: { raw: true, handler: escapeHtml },
  escape_once: { raw: true, handler: escapeHtmlOnce },
  newline_to_br: { raw: true, handler: (value) => escapeHtmlOnce(value).replaceAll('\n', '<br>\n') },
};

/** `html` escapes all output, unless the last filter marks it as HTML; `text` does not escape. */
export const engines = {
  text: sandboxed({}, {}),
  html: sandboxed({ outputEscape: escapeHtml }, HTML_FILTERS),
};
export type EngineName = keyof typeof engines;
const scopeOptions = { text: contextOptions(engines.text), html: contextOptions(engines.html) };

function sandboxed(
  options: { outputEscape?: (value: unknown) => string },
  own: Readonly<Record<string, FilterImplOptions>>,
): Liquid {
  const engine = new Liquid({
    ...options,
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    parseLimit: LIMITS.source,
    memoryLimit: LIMITS.made,
    operators: BLANK_OPERATORS,
    templates: {}, // never looks for a file
  });
  for (const tag of NO_TAGS) delete engine.tags[tag];
  for (const filter of NO_FILTERS.split(' ')) engine.unregisterFilter(filter);
  engine.registerTag('capture', MeteredCapture);
  for (const [name, filter] of Object.entries({ ...engine.filters, ...OWN_FILTERS, ...own })) {
    engine.registerFilter(name, metered(filter));
  }
  return engine;
}

/**
 * Renders one part, synchronously: nothing in a template waits. Errors are thrown as liquidjs throws them, as many at once as
 * it finds. `data` are not changed. Of `given`, `now` is what the template takes for the present time.
 */
export function run(
  name: EngineName,
  nodes: Template[],
  data: Readonly<Record<string, unknown>>,
  given: { readonly allowance: Allowance; readonly now?: Date | undefined },
): string {
  const engine = engines[name];
  const context = new StrictContext(engine, scopeOptions[name], data, given);
  const output = new MeteredOutput(context);
  toValueSync(engine.renderer.renderTemplates(nodes, context, output));
  return output.buffer;
}

/** The value at a path of own properties (and Liquid's `size`, `first` and `last`), or undefined. */
export function lookUp(data: Readonly<Record<string, unknown>>, path: readonly (string | number)[]): unknown {
  const context = new StrictContext(engines.text, scopeOptions.text, data, { allowance: wholeAllowance() });
  context.strictVariables = false;
  return context.getSync([...path]);
}
