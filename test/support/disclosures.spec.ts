/** What no test app may tell of people, found as it is closed. */
import { Logger } from '@nestjs/common';
import { newMailbox } from './people.js';
import { email, send, whenStatus } from './messages.js';
import { openTestApp } from './test-app.js';

const WORDS = 'Your seat is by the window';

test.each<[string, (to: string) => string, string]>([
  ['the address of a person', (to) => `Sent to ${to}.`, 'A person’s address is told in log'],
  ['what was written to them', () => `Sent: ${WORDS}`, 'What was written to a person is told in log'],
])('a line with %s fails the test file', async (_, line, reason) => {
  const app = await openTestApp();
  const tenant = await app.tenant();
  const to = newMailbox();
  const id = await send(app, tenant, email({ to, content: { subject: WORDS, text: WORDS } }));
  await whenStatus(app, tenant, id, 'delivered');
  new Logger('Test').log(line(to));
  await expect(app.close()).rejects.toThrow(reason);
});
