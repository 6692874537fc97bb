/** What an email of a notice says: plain parts, from which its text and its HTML are made. */
import { escapedHtml } from '../kernel/index.js';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface Table {
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

export interface Letter {
  readonly subject: string;
  /** Paragraphs and tables, from the top. */
  readonly blocks: readonly (string | Table)[];
}

/** A letter in every language that somebody is written to in; in English where another is missing. */
export type Letters = { readonly en: Letter } & Readonly<Partial<Record<Language, Letter>>>;

/** Plain text: tables have columns of one width. */
export const textOf = ({ blocks }: Letter): string =>
  `${blocks.map((block) => (typeof block === 'string' ? block : tableText(block))).join('\n\n')}\n`;

/** A page that every mail program shows alike: no style sheet, no picture. */
export function htmlOf({ subject, blocks }: Letter, language: Language): string {
  const body = blocks.map((block) => (typeof block === 'string' ? `<p>${escapedHtml(block)}</p>` : tableHtml(block)));
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escapedHtml(subject)}</title></head>
<body style="font-family: sans-serif; font-size: 14px">
${body.join('\n')}
</body>
</html>
`;
}

function tableText({ columns, rows }: Table): string {
  const lines = [columns.map(({ label }) => label), ...rows];
  const widths = columns.map((_, place) => Math.max(...lines.map((cells) => (cells[place] ?? '').length)));
  return lines
    .map((cells) =>
      columns
        .map(({ isNumber }, place) => {
          const [cell = '', width = 0] = [cells[place], widths[place]];
          return isNumber ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function tableHtml({ columns, rows }: Table): string {
  const cell = (tag: 'td' | 'th', text: string, isNumber: boolean): string =>
    `<${tag} align="${isNumber ? 'right' : 'left'}">${escapedHtml(text)}</${tag}>`;
  const head = columns.map(({ label, isNumber }) => cell('th', label, isNumber)).join('');
  const body = rows.map(
    (cells) => `<tr>${columns.map(({ isNumber }, place) => cell('td', cells[place] ?? '', isNumber)).join('')}</tr>`,
  );
  return `<table border="1" cellpadding="4" cellspacing="0" style="border-collapse: collapse; font-size: 13px">
<tr>${head}</tr>
${body.join('\n')}
</table>`;
}
