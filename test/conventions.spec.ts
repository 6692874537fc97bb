/** Conventions that no other tool enforces, and what must exist in pairs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Command, Query } from '@nestjs/cqrs';
import ts from 'typescript';
import { SCOPES } from '../src/tenants/api-keys/scopes.js';
import { choiceVariables, configuringVariables, DESCRIPTORS } from '../src/providers/index.js';
import { openTestApp, type TestApp } from './support/test-app.js';

const ROOT = join(import.meta.dirname, '..');

interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

function filesIn(folder: string): SourceFile[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(ROOT, path), 'utf8');
      return {
        path: path.split(sep).join('/'),
        text,
        tree: ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true),
      };
    });
}

const isSpec = ({ path }: SourceFile): boolean => path.endsWith('.spec.ts');
const all = [
  ...filesIn('src'),
  ...filesIn('test'),
  ...filesIn('migrations'),
  ...filesIn('harness'),
  ...filesIn('bench'),
  ...filesIn('chaos'),
  ...filesIn('fuzz'),
  ...filesIn('rehearsals'),
];
const sources = all.filter((file) => file.path.startsWith('src/') && !isSpec(file));
const tests = all.filter((file) => file.path.startsWith('test/') || isSpec(file));
const modules = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Every node of a file that `select` takes, as `path:line`. */
function places({ path, tree }: SourceFile, select: (node: ts.Node) => boolean): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (select(node)) found.push(`${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Every line of a file that matches, as `path:line`. */
const linesLike = ({ path, text }: SourceFile, pattern: RegExp): string[] =>
  text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : []));

/** Imports and decorators grow with what there is to name, not with what a reader has to understand. */
function linesOfCode({ text, tree }: SourceFile): number {
  const lines = text.trimEnd().split('\n');
  const passedOver = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (!ts.isImportDeclaration(node) && !ts.isDecorator(node)) return ts.forEachChild(node, visit);
    const { line: first } = tree.getLineAndCharacterOfPosition(node.getStart());
    const { line: last, character } = tree.getLineAndCharacterOfPosition(node.end);
    for (let line = first; line < last; line += 1) passedOver.add(line);
    if (lines[last]?.slice(character).trim() === '') passedOver.add(last);
  };
  visit(tree);
  return lines.length - passedOver.size;
}

describe('A source file', () => {
  test('has at most 250 lines, without its imports and decorators', () => {
    const long = [
      ...sources,
      ...all.filter(({ path }) => /^(harness|bench|chaos|fuzz|rehearsals)\//.test(path)),
    ].filter((file) => linesOfCode(file) > 250);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('lies in its module, or in a part of it, and no deeper', () => {
    expect(sources.map(({ path }) => path).filter((path) => path.split('/').length > 4)).toEqual([]);
  });

  test('finds its place: no folder holds more than about thirty', () => {
    const folders = Map.groupBy(sources, ({ path }) => path.slice(0, path.lastIndexOf('/')));
    const crowded = [...folders]
      .filter(([, files]) => files.length > 35)
      .map(([folder, files]) => [folder, files.length]);
    expect(crowded).toEqual([]);
  });

  test('has no constructor that asks for more than five things', () => {
    const asksForMuch = (node: ts.Node): boolean => ts.isConstructorDeclaration(node) && node.parameters.length > 5;
    expect(sources.flatMap((file) => places(file, asksForMuch))).toEqual([]);
  });

  test('runs nothing by a timer of its own where every process would: @Scheduled runs it once', () => {
    const timers = (node: ts.Node): boolean => ts.isDecorator(node) && /^@(Interval|Timeout)\b/.test(node.getText());
    expect(sources.flatMap((file) => places(file, timers))).toEqual([]);
  });

  test('reads from a replica in queries alone: what it answers is old, and decides nothing', () => {
    const reads = sources.filter(({ path, text }) => !path.startsWith('src/kernel/') && /\bReplica\b/.test(text));
    expect(reads.map(({ path }) => path).filter((path) => !path.endsWith('.query.ts'))).toEqual([]);
    expect(reads.length).toBeGreaterThan(3);
  });

  test('gives no worker options of its own: @QueueWorker has them for all', () => {
    const own = (node: ts.Node): boolean => ts.isDecorator(node) && /^@Processor\b/.test(node.getText());
    expect(sources.flatMap((file) => places(file, own))).toEqual([]);
  });

  test('builds on no event of the queue, some of which are never seen: the ledger has its own', () => {
    const events = /QueueEvent|waitUntilFinished/;
    expect(sources.flatMap((file) => linesLike(file, events))).toEqual([]);
  });

  test('loads nothing of ours late, and breaks no circle by force', () => {
    const late = (node: ts.Node): boolean =>
      ts.isCallExpression(node) &&
      ((node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]?.getText().startsWith("'.")) ||
        /^forwardRef$/.test(node.expression.getText()));
    expect(sources.flatMap((file) => places(file, late))).toEqual([]);
  });
});

describe('No file', () => {
  test('gives up on types', () => {
    const givesUp = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.AnyKeyword || ts.isNonNullExpression(node);
    expect(all.flatMap((file) => places(file, givesUp))).toEqual([]);
  });

  test('swallows an error without a look at it', () => {
    const blind = (node: ts.Node): boolean =>
      ts.isCatchClause(node) && (!node.variableDeclaration || node.block.statements.length === 0);
    expect(all.flatMap((file) => places(file, blind))).toEqual([]);
  });

  test('puts something off, or silences a tool', () => {
    const marks = /TO[D]O|FIX[M]E|XX[X]|lin[t]-disable|@t[s]-(ignore|expect-error|nocheck)/;
    expect(all.flatMap((file) => linesLike(file, marks))).toEqual([]);
  });
});

describe('A module', () => {
  test.each(modules)('has one public API: %s', (module) => {
    const indexes = sources.filter(({ path }) => path.startsWith(`src/${module}/`) && path.endsWith('/index.ts'));
    // Programs are started, and nobody imports them.
    expect(indexes.map(({ path }) => path)).toEqual(
      ['demo', 'watch'].includes(module) ? [] : [`src/${module}/index.ts`],
    );
  });
});

describe('A test', () => {
  const named = tests.filter(isSpec).map((file) => ({ path: file.path, names: testNames(file.tree) }));

  test('is named by a sentence', () => {
    const short = named.flatMap(({ path, names }) =>
      names.filter((name) => name.split(' ').length < 3).map((name) => `${path}: ${name}`),
    );
    expect(short).toEqual([]);
  });

  test('has a name of its own in its file', () => {
    const twice = named.flatMap(({ path, names }) =>
      names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${path}: ${name}`),
    );
    expect(twice).toEqual([]);
  });

  test('waits for a condition, never for a time', () => {
    const waits = /\bsetTimeout\b|\bsleep\(|timers\/promises/;
    const others = tests.filter(({ path }) => path !== 'test/conventions.spec.ts');
    expect(others.flatMap((file) => linesLike(file, waits))).toEqual([]);
  });
});

/** The names of all tests in a file, each with those of the groups around it. */
function testNames(tree: ts.SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node, around: string): void => {
    const call = ts.isCallExpression(node)
      ? /^(describe|test)(?:\.\w+(?:<[^]*>)?\([^]*\))?$/.exec(node.expression.getText())
      : null;
    const [title] = call && ts.isCallExpression(node) ? node.arguments : [];
    const name = title && ts.isStringLiteralLike(title) ? `${around} ${title.text}`.trim() : around;
    if (call?.[1] === 'test' && name !== around) names.push(name);
    ts.forEachChild(node, (child) => visit(child, call?.[1] === 'describe' ? name : around));
  };
  visit(tree, '');
  return names;
}

describe('In the running service', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.close());

  test.each(sources.filter(({ text }) => /\bextends (Command|Query)</.test(text)).map(({ path }) => path))(
    'every command and query of %s has exactly one handler',
    async (path) => {
      const exported = Object.values((await import(`../${path.replace(/\.ts$/, '.js')}`)) as object).filter(isClass);
      const messages = exported.filter(({ prototype }) => prototype instanceof Command || prototype instanceof Query);
      const handled = exported.filter((one) => handledBy(one) !== undefined);
      expect(messages.length).toBeGreaterThan(0);
      expect(handled.map(handledBy).toSorted(byName)).toEqual(messages.toSorted(byName));
      for (const handler of handled) expect(app.nest.get(handler, { strict: false })).toBeInstanceOf(handler);
    },
  );

  test('every queue is registered, migrated, filled and worked off, each once', () => {
    const uses = (pattern: RegExp): string[] =>
      sources.flatMap(({ text }) => [...text.matchAll(pattern)].map(([, name = '']) => name)).toSorted();
    const registered = uses(/registerQueue\(\{ name: (\w+)/g);
    expect(registered.length).toBeGreaterThan(0);
    expect(uses(/@InjectQueue\((\w+)\)/g)).toEqual(registered);
    expect(uses(/@QueueWorker\((\w+)/g)).toEqual(registered);
    const migrated = uses(/\bqueues: \[([\w, ]+)\]/g).flatMap((names) => names.split(', '));
    expect(migrated.toSorted()).toEqual(registered); // a role that may not create cannot fill a queue that no migration knew
  });
});

type Class = new (...parameters: never[]) => object;
const isClass = (value: unknown): value is Class => typeof value === 'function' && /^class\b/.test(value.toString());
const byName = (left: Class | undefined, right: Class | undefined): number =>
  (left?.name ?? '').localeCompare(right?.name ?? '');
/** What a handler handles, as @nestjs/cqrs notes it. */
const handledBy = (handler: Class): Class | undefined =>
  ['__commandHandler__', '__queryHandler__']
    .map((note) => Reflect.getMetadata(note, handler) as Class | undefined)
    .find((message) => message !== undefined);

const GUIDE = join(ROOT, 'docs/configuration.md');

(existsSync(GUIDE) ? test : test.skip)(
  'docs/configuration.md explains every variable that the configuration reads',
  () => {
    const readByName = sources.flatMap(({ text }) =>
      [...text.matchAll(/\bread\.\w+\(\s*'([A-Z][A-Z0-9_]+)'/g)].map(([, name = '']) => name),
    );
    const ofProviders = DESCRIPTORS.flatMap(({ variables: some }) => some.map(({ name }) => name));
    const variables = [...readByName, ...ofProviders, ...configuringVariables(), ...choiceVariables()];
    const guide = readFileSync(GUIDE, 'utf8');
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  },
);

const API = join(ROOT, 'docs/api.md');

(existsSync(API) ? test : test.skip)('docs/api.md explains every scope, and none that there is not', () => {
  const explained = [...readFileSync(API, 'utf8').matchAll(/^\| `(\w+:\w+)`/gm)].map(([, scope = '']) => scope);
  expect(explained.toSorted()).toEqual(SCOPES.toSorted());
});
