/** The examples of the documentation: every one of a message is accepted after the set-up of the README's tour. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openTestApp, type TestApp } from './support/test-app.js';

const ROOT = join(import.meta.dirname, '..');

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

/** In place of curl: the program that the tour calls `api`. */
const API = `
const [path, ...options] = process.argv.slice(1);
const data = options[options.indexOf('-d') + 1];
const body = data === '@-' ? require('node:fs').readFileSync(0, 'utf8') : data;
const headers = { authorization: 'Bearer ' + process.env.KEY, 'content-type': 'application/json' };
fetch(process.env.URL + path, { method: 'POST', headers, body }).then((answer) => answer.text()).then(console.log);
`;

describe('After the set-up of the tour', () => {
  let key: string;

  beforeAll(async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const blocks = readme
      .split(/^### \d+\. /m)
      .slice(2, 5)
      .map((step) => /```sh\n([^]*?)```/.exec(step)?.[1] ?? '');
    expect(blocks.filter((block) => block === '')).toEqual([]);
    const script = [
      `api() { "$NODE" -e "$API" -- "$@"; }`,
      `pick() { "$NODE" -p "JSON.parse(require('fs').readFileSync(0)).$1"; }`,
      ...blocks,
      'echo "the key is $KEY"',
    ].join('\n');
    const bash = spawn('bash', ['-euc', script], {
      env: { NODE: process.execPath, API, URL: app.url, KEY: app.config.adminKey },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await Promise.all([text(bash.stdout), once(bash, 'close')]);
    expect(output).toContain('"contentSid":"HX');
    key = /the key is (\S+)/.exec(output)?.[1] ?? '';
  });

  type Content = { readonly examples?: Record<string, { readonly value: object }> };
  type Route = { readonly post: { readonly requestBody: { readonly content: Record<string, Content> } } };
  const { paths } = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8')) as { paths: Record<string, Route> };
  const examples = ['/api/messages', '/api/messages/batch'].flatMap((path) =>
    Object.entries(paths[path]?.post.requestBody.content['application/json']?.examples ?? {}).map(
      ([name, { value }]) => [path, name, value] as const,
    ),
  );

  test.each(examples)('%s takes the example %s', async (path, _, example) => {
    const answer = await app.http.post(path).set('authorization', `Bearer ${key}`).send(example);
    expect({ status: answer.status, body: answer.body as unknown }).toEqual({ status: 202, body: expect.anything() });
    expect(JSON.stringify(answer.body)).not.toContain('error');
  });

  test('there are examples of every channel', () => {
    const shown = JSON.stringify(examples);
    for (const channel of ['email', 'sms', 'mms', 'whatsapp']) expect(shown).toContain(`"channel":"${channel}"`);
  });
});
