/** Amazon SES's events as SNS posts them, signed with the sandbox's key. */
import { randomUUID } from 'node:crypto';
import { SesSandbox } from '../../src/sandbox/ses/ses-sandbox.js';
import { signSns, snsPost, type SnsFields } from '../../src/sandbox/ses/sns-envelope.js';
import type { TestApp } from './test-app.js';

/** An SNS message with an event in it. */
export const snsFields = (app: TestApp, event: object, more: Partial<SnsFields> = {}): SnsFields => ({
  Type: 'Notification',
  MessageId: randomUUID(),
  TopicArn: app.config.platform.ses?.credentials['topicArns'] ?? '',
  Message: JSON.stringify(event),
  Timestamp: new Date().toISOString(),
  SignatureVersion: '2',
  SigningCertURL: `${app.url}/sandbox/sns/${app.nest.get(SesSandbox).topics.certificate.name}`,
  ...more,
});

/** Signs and posts it; `altered` is changed after that. Answers the status. */
export async function postSns(app: TestApp, fields: SnsFields, altered: Partial<SnsFields> = {}): Promise<number> {
  const { privateKey } = app.nest.get(SesSandbox).topics.certificate;
  const { headers, body } = snsPost({ ...fields, ...altered }, await signSns(fields, privateKey));
  return (await app.http.post('/webhook/ses').set(headers).send(body)).status;
}

/** Posts one event of SES, which is accepted. */
export async function postSes(app: TestApp, event: object): Promise<void> {
  expect(await postSns(app, snsFields(app, event))).toBe(200);
}
