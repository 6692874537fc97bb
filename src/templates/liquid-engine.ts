/** The sandboxed Liquid engines that all parts of all templates are parsed and rendered by. */
import { CaptureTag, Context, filters, Liquid, Tokenizer, toValueSync, type Emitter, type Template } from 'liquidjs';
import { date } from './date.filter.js';
import { money } from './money.filter.js';
import { escapeHtml, toText } from './printing.js';

export const LIMITS = {
  /** Characters of one part's source. Gmail cuts a mail at 102 KB. */
  source: 256 * 1024,
  /** Liquid tags and outputs in one part. */
  tags: 5_000,
  /** Tags within tags. */
  depth: 50,
  /** Characters and list entries made while one part renders: by filters, ranges, captures and the output, taken together. */
  made: 1_000_000,
  /** Wall-clock milliseconds for one part, looked at before each tag. */
  milliseconds: 200,
} as const;

/** Tags that reach beyond the template. */
const NO_TAGS = ['include', 'render', 'layout', 'block'];
/** Filters that run text as code, which the analysis of variables cannot see, and dates in the host's own time zone. */
const NO_FILTERS = [
  ...['where_exp', 'reject_exp', 'group_by_exp', 'has_exp', 'find_exp', 'find_index_exp'],
  ...['date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'],
];

export type Engine = Liquid;
/** `html` escapes what it prints; `text` does not. */
export const engines = { text: textEngine(), html: htmlEngine() };

function textEngine(outputEscape?: (value: unknown) => string): Engine {
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    parseLimit: LIMITS.source,
    memoryLimit: LIMITS.made,
    renderLimit: LIMITS.milliseconds,
    templates: {}, // so that no file is ever looked for
    ...(outputEscape ? { outputEscape } : {}),
  });
  for (const tag of NO_TAGS) delete engine.tags[tag];
  for (const filter of NO_FILTERS) engine.unregisterFilter(filter);
  engine.registerTag('capture', MeteredCapture);
  engine.registerFilter('date', date);
  engine.registerFilter('money', money);
  return engine;
}

function htmlEngine(): Engine {
  const engine = textEngine(escapeHtml);
  // Their results are HTML already: `raw` says so, or they would be escaped twice.
  engine.registerFilter('escape', { raw: true, handler: escapeHtml });
  engine.registerFilter('xml_escape', { raw: true, handler: escapeHtml });
  engine.registerFilter('escape_once', { raw: true, handler: escapeOnce });
  engine.registerFilter('newline_to_br', {
    raw: true,
    handler(value: unknown) {
      return escapeOnce.call(this, value).replaceAll('\n', '<br>\n');
    },
  });
  return engine;
}
