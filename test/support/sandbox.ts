/** The sandbox in the place of providers: its faults, its record, and people who write to us. */
import { RecordFollower, recordedMessages, type RecordedMessage } from '../../harness/sandbox-record.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.dto.js';
import type { TestApp } from './test-app.js';

export type { RecordedMessage } from '../../harness/sandbox-record.js';

/** Whether every message has run its course, and everything has been reported and answered. */
export async function allReported(app: TestApp): Promise<boolean> {
  const { body } = await app.http.get('/sandbox/callbacks').expect(200);
  return (body as { pending: number }).pending === 0;
}

/** Puts a fault plan in force until the next one. */
export async function faults(app: TestApp, plan: FaultPlan): Promise<void> {
  await app.http.put('/sandbox/faults').send(plan).expect(200);
}

/** Everything the sandbox accepted, or all to one recipient, in the order it was accepted. */
export const recordOf = (app: TestApp, to?: string): Promise<RecordedMessage[]> => recordedMessages(app.url, to);

/** Follows the record of a test that sends thousands of messages. */
export const followRecord = (app: TestApp): RecordFollower => new RecordFollower(app.url);

/** How often each message was accepted by a provider. */
export async function timesTaken(app: TestApp, ids: readonly string[]): Promise<number[]> {
  const record = await recordOf(app);
  return ids.map((id) => record.filter(({ messageId }) => messageId === id).length);
}

/** How often providers accepted something to this recipient. */
export const timesTakenBy = async (app: TestApp, to: string): Promise<number> => (await recordOf(app, to)).length;

export interface InboundText {
  /** Twilio unless given. */
  readonly provider?: 'twilio' | 'plivo';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly channel?: 'whatsapp';
  /** On WhatsApp, told beside the number; in the place of `from` the number is hidden. */
  readonly userId?: string;
  /** In Base64; a text with any is an MMS. */
  readonly media?: readonly { readonly mediaType: string; readonly content: string }[];
}

/** A person writes to one of our numbers: the provider posts it to us, and we take it. */
export async function receive(app: TestApp, text: InboundText): Promise<void> {
  const inbound = { provider: 'twilio', ...text };
  const { body } = await app.http.post('/sandbox/inbound').send(inbound).expect(200);
  expect(body).toMatchObject({ status: 200 });
}
