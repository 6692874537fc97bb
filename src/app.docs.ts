/** The parts of docs/configuration.md that are generated from the provider descriptors. */
import { configuringVariables, DESCRIPTORS, type ProviderDescriptor } from './providers/index.js';

/** The page with its generated parts up to date. Raises an Error if a part's markers are missing. */
export function withProviderVariables(page: string): string {
  const table = markdownTable([
    ['variable', 'default', 'meaning', 'example'],
    ...DESCRIPTORS.flatMap((descriptor: ProviderDescriptor) =>
      descriptor.variables.map(({ name, defaultsTo = '', meaning, example = '' }) => [
        `\`${name}\``,
        defaultsTo,
        meaning,
        example,
      ]),
    ),
  ]);
  const list = configuringVariables().map((name) => `- \`${name}\``);
  return withPart(withPart(page, 'provider-variables', table), 'configuring-variables', list.join('\n'));
}

/** Replaces the content between `<!-- name … -->` and `<!-- /name -->`. */
function withPart(page: string, name: string, content: string): string {
  const marked = new RegExp(`(<!-- ${name}\\b[^>]*-->\n)[^]*(\n<!-- /${name} -->)`);
  if (!marked.test(page)) throw new Error(`docs/configuration.md has no part that is marked as ${name}`);
  return page.replace(marked, (_, before: string, after: string) => `${before}\n${content}\n${after}`);
}

/** Padded like the formatter's tables. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const [header = []] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join(' | ')} |`;
  const [head = '', ...body] = rows.map(line);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
