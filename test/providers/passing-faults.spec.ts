/** Which reports are of a cause that passes: the same pattern in JavaScript and in PostgreSQL. And which of an address. */
import { descriptorOf, type ProviderName } from '../../src/providers/index.js';
import { PASSING } from '../../src/dispatch/retries/late-retry.policy.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

test.each<[ProviderName, string, boolean]>([
  ['twilio', '30003', true],
  ['twilio', '30008', true],
  ['twilio', '30005', false],
  ['twilio', '30007', false],
  ['twilio', '30034', false],
  ['twilio', '130003', false],
  ['twilio', '63016', false],
  ['plivo', '80', true],
  ['plivo', '50', false],
  ['plivo', '200', false],
  ['ses', 'Transient/MailboxFull', true],
  ['ses', 'Undetermined/Undetermined', true],
  ['ses', 'Permanent/General', false],
  ['ses', 'Transient/ContentRejected', false],
  ['ses', 'Complaint/OnAccountSuppressionList', false],
  ['resend', 'Transient/General', true],
  ['resend', 'Permanent/Suppressed', false],
  ['sendgrid', 'blocked/Technical', true],
  ['sendgrid', 'blocked/4.2.2', true],
  ['sendgrid', 'blocked/Reputation', false],
  ['sendgrid', 'bounce/Invalid Address', false],
  ['sendgrid', 'dropped/Bounced Address', false],
])('%s: %s passes: %s', async (provider, code, passes) => {
  expect(descriptorOf(provider).passingFaults?.test(code)).toBe(passes);
  const rows = await app.database.query(`select from ${PASSING} where provider = $1 and $2 ~ pattern`, [
    provider,
    code,
  ]);
  expect(rows).toHaveLength(passes ? 1 : 0);
});

test.each<[ProviderName, string, boolean]>([
  ['twilio', '30003', true],
  ['twilio', '30008', false],
  ['plivo', '80', true],
  ['plivo', '20', false],
  ['ses', 'Transient/MailboxFull', true],
  ['ses', 'Transient/MessageTooLarge', false],
  ['ses', 'Undetermined/Undetermined', false],
  ['resend', 'Transient/General', true],
  ['resend', 'Permanent/General', false],
  ['sendgrid', 'blocked/Mailbox Unavailable', true],
  ['sendgrid', 'blocked/4.2.2', true],
  ['sendgrid', 'blocked/4.7.1', false],
  ['sendgrid', 'blocked/Reputation', false],
])('%s: %s is a soft bounce: %s', (provider, code, counts) => {
  expect(descriptorOf(provider).softBounces?.test(code)).toBe(counts);
});
