/** Lays a sheet out for pdfmake. */
import type { Content, DocumentDefinition } from 'pdfmake';
import type { SheetTable, StatementSheet } from './statement-sheet.js';
import { WORDS } from './statement-words.js';

/**
 * Equal sheets make equal files: the only date in it is that of the close. Rows may break across pages, as pdfmake leaves out
 * what may not and is taller than one.
 */
export const pdfDefinition = (sheet: StatementSheet): DocumentDefinition => ({
  pageSize: 'A4',
  pageOrientation: 'landscape',
  pageMargins: [40, 40, 40, 50],
  language: sheet.language,
  displayTitle: true,
  info: {
    title: `${sheet.title}: ${sheet.tenantName}`,
    author: 'Callboard',
    creator: 'Callboard',
    creationDate: sheet.closedAt,
  },
  defaultStyle: { font: 'Roboto', fontSize: 9 },
  footer: (page, pages) => ({
    text: WORDS[sheet.language].page(page, pages),
    alignment: 'right',
    margin: [40, 10],
  }),
  content: [
    { text: sheet.title, fontSize: 18, bold: true, margin: [0, 0, 0, 12] },
    {
      layout: 'noBorders',
      table: { widths: ['auto', '*'], body: sheet.facts.map(([label, value]) => [bold(label), fitted(value)]) },
    },
    ...sheet.totals.map(({ label, total, exactly }) => ({
      margin: [0, 12, 0, 0],
      text: [{ text: `${label}: ${total}`, fontSize: 14, bold: true }, exactly && `   ${exactly}`],
    })),
    ...remarksOf(sheet).map((remark) => ({ text: remark, margin: [0, 12, 0, 0] })),
    ...sheet.tables.flatMap(tableContent),
  ],
});

/** What Roboto has no letter for: of another script than Latin, Greek and Cyrillic, or an emoji. */
const UNPRINTABLE =
  /[^\p{scx=Latin}\p{scx=Greek}\p{scx=Cyrillic}\p{scx=Common}\p{scx=Inherited}]|\p{Emoji_Presentation}/u;

/** Whoever reads boxes is told where the letters are. */
const remarksOf = ({ language, remarks, tenantName, facts, tables }: StatementSheet): readonly string[] =>
  UNPRINTABLE.test(JSON.stringify([tenantName, facts, tables])) ? [...remarks, WORDS[language].unprintable] : remarks;

function tableContent({ title, columns, rows, sums, sumTitle }: SheetTable): Content[] {
  const alignments = columns.map(({ isNumber }) => (isNumber ? 'right' : 'left'));
  const cells = (texts: readonly string[]): Content[] =>
    texts.map((text, place) => ({ ...fitted(text), alignment: alignments[place] }));
  const head = cells(columns.map((column) => column.title)).map((cell) => ({ ...(cell as object), bold: true }));
  const sumRow = (sum: string): Content[] => [
    { ...bold(sumTitle), colSpan: columns.length - 1 },
    ...columns.slice(2).map(() => ''),
    { ...bold(sum), alignment: 'right' },
  ];
  return [
    { text: title, fontSize: 12, bold: true, margin: [0, 18, 0, 6] },
    {
      layout: 'lightHorizontalLines',
      table: {
        headerRows: 1,
        widths: columns.map((_, place) => (place === 0 ? '*' : 'auto')),
        body: [head, ...rows.map(cells), ...sums.map(sumRow)],
      },
    },
  ];
}

const bold = (text: string): { text: string; bold: true } => ({ text, bold: true });

/** What has no place to break would push what follows it off the page. */
const fitted = (text: string): { text: string; wordBreak: 'break-all' | 'normal' } => ({
  text,
  wordBreak: /\S{40}/.test(text) ? 'break-all' : 'normal',
});
