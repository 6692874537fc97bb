/** What WhatsApp says of templates, asked through Twilio's SDK. */
import { TwilioAdapter } from '../../src/providers/twilio/twilio.adapter.js';
import { json, Loopback, type Reply } from './loopback.js';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const SID = `HX${'a'.repeat(32)}`;
const account = { id: 'account-1', version: 1, credentials: { accountSid: ACCOUNT_SID, authToken: 'token' } } as const;

let provider: Loopback;
beforeEach(async () => {
  provider = await Loopback.open();
});
afterEach(() => provider.close());

const asked = (reply: Reply) => {
  provider.script = () => reply;
  const adapter = new TwilioAdapter({
    baseUrl: provider.origin,
    webhookUrl: 'https://desk.example.com/webhook/twilio',
  });
  return adapter.approval(account, SID);
};
const says = (whatsapp: object): Reply => json(200, { sid: SID, account_sid: ACCOUNT_SID, whatsapp, url: '' });

test('the Content API is asked by the account’s own credentials', async () => {
  const approval = await asked(says({ status: 'approved', category: 'UTILITY', rejection_reason: '' }));
  expect(approval).toEqual({ status: 'approved', category: 'utility' });
  const [request] = provider.received;
  expect(request).toMatchObject({ method: 'GET', path: `/v1/Content/${SID}/ApprovalRequests` });
  expect(request?.headers.authorization).toBe(`Basic ${btoa(`${ACCOUNT_SID}:token`)}`);
});

test.each([
  [{ status: 'rejected', category: 'MARKETING', rejection_reason: 'INVALID_FORMAT' }, 'rejected', 'INVALID_FORMAT'],
  [{ status: 'paused' }, 'paused', undefined],
  [{ status: 'unsubmitted' }, 'unsubmitted', undefined],
  [{ status: 'a word of next year' }, 'pending', undefined],
  [{}, 'pending', undefined],
])('%j is read as %s', async (whatsapp, status, reason) => {
  expect(await asked(says(whatsapp))).toMatchObject({ status, ...(reason && { reason }) });
});

test('a template that the account does not have is missing', async () => {
  expect(await asked(json(404, { code: 20404, message: 'not found', status: 404 }))).toEqual({ status: 'missing' });
});

test.each<[string, Reply, string]>([
  ['wrong credentials', json(401, { code: 20003, message: 'Authenticate', status: 401 }), '20003'],
  ['a server error', json(500, { code: 20500, message: 'oops', status: 500 }), '20500'],
])('%s decide nothing', async (_, reply, code) => {
  await expect(asked(reply)).rejects.toThrow(code);
});
