/** A statement as a page to read and print: static, without scripts, and nothing is loaded. */
import { createHash } from 'node:crypto';
import { escapedHtml } from '../../kernel/index.js';
import type { SheetColumn, SheetTable, StatementSheet } from './statement-sheet.js';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1.25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
.totals { font-size: 1.25rem; border-block: 2px solid; padding-block: 0.75rem; }
.totals small { display: block; font-size: 0.85rem; }
.scrolls { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin-block: 2rem; font-size: 0.9rem; }
caption { text-align: start; font-weight: 600; font-size: 1.1rem; padding-block: 0.5rem; }
th, td { text-align: start; vertical-align: top; padding: 0.3rem 0.6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
td { overflow-wrap: anywhere; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot { display: table-row-group; font-weight: 600; }
@media print {
  @page { size: A4 landscape; margin: 15mm; }
  :root { color-scheme: light; font-size: 9pt; }
  body { max-width: none; margin: 0; padding: 0; }
  .scrolls { overflow: visible; }
  tr { break-inside: avoid; }
}
`;

/** Nothing is loaded, run, framed or posted; the one style is named by its hash. */
export const STATEMENT_PAGE_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** The page as HTML; what the statement says is escaped. */
export const statementPage = ({
  language,
  title,
  tenantName,
  facts,
  totals,
  remarks,
  tables,
}: StatementSheet): string =>
  `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapedHtml(`${title}: ${tenantName}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapedHtml(title)}</h1>
<dl>
${facts.map(([label, value]) => `<dt>${escapedHtml(label)}</dt><dd>${escapedHtml(value)}</dd>`).join('\n')}
</dl>
${totals.length === 0 ? '' : `<dl class="totals">\n${totals.map(totalHtml).join('\n')}\n</dl>\n`}${remarks
    .map((remark) => `<p>${escapedHtml(remark)}</p>\n`)
    .join('')}${tables.map(tableHtml).join('')}</main>
</body>
</html>
`;

const totalHtml = ({ label, total, exactly }: StatementSheet['totals'][number]): string =>
  `<dt>${escapedHtml(label)}</dt><dd>${escapedHtml(total)}${exactly && ` <small>${escapedHtml(exactly)}</small>`}</dd>`;

function tableHtml({ title, columns, rows, sums, sumTitle }: SheetTable): string {
  const head = columns.map((column) => `<th scope="col"${classOf(column)}>${escapedHtml(column.title)}</th>`);
  const body = rows.map((row) => `<tr>${cellsOf(row, columns)}</tr>`);
  const before = columns.length - 1;
  const foot = sums.map(
    (sum) =>
      `<tr><th scope="row" colspan="${before}">${escapedHtml(sumTitle)}</th><td class="number">${escapedHtml(sum)}</td></tr>`,
  );
  return `<div class="scrolls" role="region" aria-label="${escapedHtml(title)}" tabindex="0">
<table>
<caption>${escapedHtml(title)}</caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
<tfoot>
${foot.join('\n')}
</tfoot>
</table>
</div>
`;
}

const cellsOf = (row: readonly string[], columns: readonly SheetColumn[]): string =>
  columns.map((column, place) => `<td${classOf(column)}>${escapedHtml(row[place] ?? '')}</td>`).join('');

const classOf = ({ isNumber }: SheetColumn): string => (isNumber ? ' class="number"' : '');
