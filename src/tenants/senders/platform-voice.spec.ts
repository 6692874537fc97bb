/** The platform's default providers and senders: pure. */
import type { PlatformSettings, ProvidersConfig } from '../../providers/index.js';
import { platformVoice, usualProvider } from './platform-voice.js';

const account = (from?: string): PlatformSettings => ({ credentials: {}, ...(from !== undefined && { from }) });
const resend = account('Box@riverside.example');
const ses = account();
const twilio = account('+15551234567');
const config = (platform: ProvidersConfig['platform']): ProvidersConfig => ({
  sandbox: false,
  sandboxAsked: false,
  platform,
});

test('A platform with only a Resend account sends its email there', () => {
  expect(usualProvider(config({ resend }), 'email')).toBe('resend');
  expect(platformVoice(config({ resend }), 'email')).toEqual({ provider: 'resend', address: 'box@riverside.example' });
});

test('Of several email providers Amazon SES is the default, and the one with an address is the default sender', () => {
  expect(usualProvider(config({ resend, ses }), 'email')).toBe('ses');
  expect(platformVoice(config({ resend, ses }), 'email')).toMatchObject({ provider: 'resend' });
  expect(platformVoice(config({ resend, ses: account('tickets@riverside.example') }), 'email')).toEqual({
    provider: 'ses',
    address: 'tickets@riverside.example',
  });
});

test('A platform without an account still names the missing provider', () => {
  expect(usualProvider(config({}), 'email')).toBe('ses');
  expect(usualProvider(config({}), 'sms')).toBe('twilio');
  expect(platformVoice(config({}), 'email')).toBeUndefined();
  expect(platformVoice(config({ twilio }), 'sms')).toEqual({ provider: 'twilio', address: '+15551234567' });
});
