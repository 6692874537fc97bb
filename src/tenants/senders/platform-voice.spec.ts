/** Whom the platform speaks through: pure. */
import type { ReadyConfig } from '../../kernel/index.js';
import { platformVoice, usualProvider } from './platform-voice.js';

const resend = { apiKey: 're_riverside', from: 'Box@riverside.example' };
const ses = { region: 'eu-central-1', accessKeyId: 'AKIA', secretAccessKey: 'secret', topicArns: [] };
const twilio = { accountSid: 'AC1', authToken: 'token', phoneNumber: '+15551234567' };
const config = (of: Partial<ReadyConfig>): ReadyConfig => of as ReadyConfig;

test('A platform that only Resend knows sends its email there', () => {
  expect(usualProvider(config({ resend }), 'email')).toBe('resend');
  expect(platformVoice(config({ resend }), 'email')).toEqual({ provider: 'resend', address: 'box@riverside.example' });
});

test('Of several email providers Amazon SES is the usual one, and the one with an address speaks for all', () => {
  expect(usualProvider(config({ resend, ses }), 'email')).toBe('ses');
  expect(platformVoice(config({ resend, ses }), 'email')).toMatchObject({ provider: 'resend' });
  expect(platformVoice(config({ resend, ses: { ...ses, from: 'tickets@riverside.example' } }), 'email')).toEqual({
    provider: 'ses',
    address: 'tickets@riverside.example',
  });
});

test('A platform without an account still names the provider that it lacks', () => {
  expect(usualProvider(config({}), 'email')).toBe('ses');
  expect(usualProvider(config({}), 'sms')).toBe('twilio');
  expect(platformVoice(config({}), 'email')).toBeUndefined();
  expect(platformVoice(config({ twilio }), 'sms')).toEqual({ provider: 'twilio', address: '+15551234567' });
});
