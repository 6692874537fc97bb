/** Renderings that leave the event loop: with the same results, the same errors, and time for others meanwhile. */
import { compile } from './compile.js';
import { BRIEF, LIMITS } from './limits.js';
import { render, type TemplateData } from './render.js';
import { renderPatiently } from './render-patiently.js';
import { endIdleThread } from './render-thread.js';

afterAll(endIdleThread);

const endless = `${'{% for i in (1..1000) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`;
const big = 'x'.repeat(BRIEF.made / 2);
const mail = (text: string) => compile({ channel: 'email', subject: 'Hello {{ name }}', text });

async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

test('what is done in a moment is done at once', () => {
  const template = mail('Doors open at {{ time }}');
  const data = { name: 'Ana', time: '19:00' };
  expect(renderPatiently(template, data)).toEqual(render(template, data));
});

test.each<[string, string, TemplateData]>([
  ['a long text', '{{ big }}{{ big }}{{ big }}{{ "now" | date: "%H:%M" }}', { name: 'Ana', big }],
  ['a missing variable', '{{ big }}{{ big }}{{ big }}{{ order.total }}', { name: 'Ana', big }],
  ['a value that a filter cannot use', '{{ big }}{{ big }}{{ big }}{{ big | date: "%H" }}', { name: 'Ana', big }],
  ['too long a text', '{{ big }}'.repeat(11), { name: 'Ana', big }],
])('%s made in the thread is what it would have been at once', async (_what, text, data) => {
  const template = mail(text);
  const now = new Date('2026-11-30T19:00:00Z');
  const promised = outcome(() => renderPatiently(template, data, now));
  const there = await promised;
  expect(there).toEqual(await outcome(() => render(template, data, now)));
  expect(there).toEqual(await outcome(() => renderPatiently(template, data, now))); // as is known of it by then
});

test('the event loop goes on while a template loops, and those of others are rendered', async () => {
  let rounds = 0;
  let longest = 0;
  let last = process.threadCpuUsage();
  const counting = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last); // not what a busy machine takes
    last = process.threadCpuUsage();
    longest = Math.max(longest, (user + system) / 1_000);
    rounds += 1;
  }, 1);
  const refused = await outcome(() => renderPatiently(mail(endless), { name: 'Ana' }));
  clearInterval(counting);
  expect(refused).toMatchObject({ code: 'template_too_expensive', part: 'text' });
  expect(rounds).toBeGreaterThan(10);
  expect(longest).toBeLessThan(LIMITS.milliseconds * 0.9);
});

test('templates take turns in the thread', async () => {
  const costly = mail(endless);
  const quick = mail('{{ big }}{{ big }}{{ big }}');
  const order: string[] = [];
  const done = (name: string) => () => order.push(name);
  await Promise.all([
    ...Array.from({ length: 3 }, () => outcome(() => renderPatiently(costly, { name: 'Ana' })).then(done('costly'))),
    outcome(() => renderPatiently(quick, { name: 'Ana', big })).then(done('quick')),
  ]);
  expect(order).toEqual(['costly', 'costly', 'quick', 'costly']);
});
