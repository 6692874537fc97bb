/** The page at `/`: where everything is. */
import { createHash } from 'node:crypto';
import type { FrontPage } from '../src/app.front-page.js';
import { openTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const asJson = async (): Promise<FrontPage> =>
  (await app.http.get('/').set('accept', 'application/json').expect(200)).body as FrontPage;

describe('The page at /', () => {
  test('links to what is there, without a key', async () => {
    const { text: html } = await app.http.get('/').expect(200).expect('content-type', 'text/html; charset=utf-8');
    const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href);
    expect(links).toEqual(['/docs', '/docs-json', '/health/ready', '/metrics', '/sandbox/messages']);
    for (const link of links) await app.http.get(link).expect(200);
  });

  test('names the routes of operators, which need a key', async () => {
    const { operators } = await asJson();
    const { text: html } = await app.http.get('/').expect(200);
    expect(operators.map(({ href }) => href)).toEqual(['/api/desk', '/api/lanes', '/api/audit']);
    for (const { href } of operators) {
      expect(html).toContain(`GET ${href}`);
      await app.http.get(href).expect(401);
      await app.admin().get(href).expect(200);
    }
  });

  test('has the same links as JSON', async () => {
    const { text: html } = await app.http.get('/').expect(200);
    const { links, version } = await asJson();
    expect(links.map(({ href }) => href)).toEqual([...html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href));
    expect(html).toContain(`version ${version}`);
  });

  test.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['*/*', 'text/html'],
    ['', 'text/html'],
    ['application/json;q=0.5, text/html', 'text/html'],
    ['text/plain', 'text/html'],
    ['application/json;q=x, text/html;q=0.1', 'text/html'],
    ['application/json', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html;q=0.5, application/*', 'application/json'],
  ])('for Accept: %s is %s', async (accept, type) => {
    const { headers } = await app.http.get('/').set('accept', accept).expect(200);
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(headers['vary']).toMatch(/accept/i);
  });

  test('runs nothing, loads nothing, and may not be framed', async () => {
    const { text: html, headers } = await app.http.get('/').expect(200);
    expect(html).not.toMatch(/<script|<img|<link|<iframe|<form|style="| on\w+=/i);
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']?.split('; ')).toEqual([
      `default-src 'none'`,
      `style-src 'sha256-${hash}'`,
      `base-uri 'none'`,
      `form-action 'none'`,
      `frame-ancestors 'none'`,
    ]);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  test('can be read by everybody: a language, a title, one heading, landmarks with names', async () => {
    const { text: html } = await app.http.get('/').expect(200);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<title>Callboard</title>');
    expect(html).toContain('name="viewport"');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<main>/g)).toHaveLength(1);
    expect(html).toContain('<nav aria-label=');
    const [, labelledBy = ''] = /aria-labelledby="(\w+)"/.exec(html) ?? [];
    expect(html).toContain(`id="${labelledBy}"`);
  });

  test('takes no other method', async () => {
    const { headers } = await app.http.post('/').expect(405);
    expect(headers['allow']).toContain('GET');
    await app.http.head('/').expect(200);
  });
});
