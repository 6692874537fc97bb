/** The platform's default providers and senders: pure. */
import type { PlatformSettings, ProviderChoices, ProvidersConfig } from '../../providers/index.js';
import { CHANNELS, type Category, type Channel } from '../channels.js';
import { platformAddresses, platformVoice, usualProvider, type ChoiceContext } from './provider-choice.js';

const account = (from?: string): PlatformSettings => ({ credentials: {}, ...(from !== undefined && { from }) });
const resend = account('Box@riverside.example');
const ses = account();
const twilio = account('+15551234567');
const NONE: ProviderChoices = { defaultProviders: {}, marketingProviders: {} };
const config = (platform: ProvidersConfig['platform'], choices: Partial<ProviderChoices> = {}): ProvidersConfig => ({
  mode: 'live',
  sandbox: false,
  sandboxAsked: false,
  ...NONE,
  ...choices,
  platform,
});
const on = (channel: Channel, category?: Category, tenant: Partial<ProviderChoices> = {}): ChoiceContext => ({
  channel,
  category,
  tenant: { ...NONE, ...tenant },
});

test('A platform with only a Resend account sends its email there', () => {
  expect(usualProvider(config({ resend }), on('email'))).toBe('resend');
  expect(platformVoice(config({ resend }), on('email'))).toEqual({
    provider: 'resend',
    address: 'box@riverside.example',
  });
});

test('Of several email providers Amazon SES is the default, and the one with an address is the default sender', () => {
  expect(usualProvider(config({ resend, ses }), on('email'))).toBe('ses');
  expect(platformVoice(config({ resend, ses }), on('email'))).toMatchObject({ provider: 'resend' });
  expect(platformVoice(config({ resend, ses: account('tickets@riverside.example') }), on('email'))).toEqual({
    provider: 'ses',
    address: 'tickets@riverside.example',
  });
});

test('A platform without an account still names the missing provider', () => {
  expect(usualProvider(config({}), on('email'))).toBe('ses');
  expect(usualProvider(config({}), on('sms'))).toBe('twilio');
  expect(platformVoice(config({}), on('email'))).toBeUndefined();
  expect(platformVoice(config({ twilio }), on('sms'))).toEqual({ provider: 'twilio', address: '+15551234567' });
});

test('The deployment’s choice comes before the order of providers, and the tenant’s before it', () => {
  const all = { ses, resend, sendgrid: account('news@riverside.example') };
  const deployed = config(all, { defaultProviders: { email: 'resend' } });
  expect(usualProvider(deployed, on('email'))).toBe('resend');
  expect(usualProvider(deployed, on('email', undefined, { defaultProviders: { email: 'sendgrid' } }))).toBe('sendgrid');
  expect(platformVoice(deployed, on('email', 'transactional'))).toMatchObject({ provider: 'resend' });
  expect(
    platformVoice(deployed, on('email', 'transactional', { defaultProviders: { email: 'sendgrid' } })),
  ).toMatchObject({ provider: 'sendgrid' });
});

test('Marketing has a choice of its own, which says nothing about the rest', () => {
  const deployed = config({ ses, resend }, { marketingProviders: { email: 'resend' } });
  expect(usualProvider(deployed, on('email', 'marketing'))).toBe('resend');
  expect(usualProvider(deployed, on('email', 'transactional'))).toBe('ses');
  expect(usualProvider(deployed, on('email'))).toBe('ses');
  const tenant = { defaultProviders: { email: 'sendgrid' } } as const;
  expect(usualProvider(deployed, on('email', 'marketing', tenant))).toBe('sendgrid');
});

test('A choice without an address leaves the platform’s other one', () => {
  const deployed = config({ ses, resend }, { defaultProviders: { email: 'ses' } });
  expect(platformVoice(deployed, on('email', 'transactional'))).toMatchObject({ provider: 'resend' });
});

test('A choice that does not carry the channel is passed over, and that for SMS is for MMS too', () => {
  const odd = { defaultProviders: { sms: 'ses' } } as const;
  expect(usualProvider(config({ twilio }), on('sms', undefined, odd))).toBe('twilio');
  const texts = { defaultProviders: { sms: 'twilio' } } as const;
  expect(usualProvider(config({}), on('mms', undefined, texts))).toBe('twilio');
});

test('The platform’s number for texts is no WhatsApp sender: only one that is registered as such speaks there', () => {
  const texts = config({ twilio: account('+15551234567') });
  expect(platformVoice(texts, on('whatsapp'))).toBeUndefined();
  expect(platformAddresses(texts, 'whatsapp')).toEqual([]);
  const both = config({ twilio: { ...account('+15551234567'), whatsappFrom: '+14155238886' } });
  expect(platformVoice(both, on('whatsapp'))).toEqual({ provider: 'twilio', address: '+14155238886' });
  expect(platformAddresses(both, 'whatsapp')).toEqual(['+14155238886']);
  expect(platformVoice(both, on('sms'))?.address).toBe('+15551234567');
});

test('All addresses of the platform are known', () => {
  const all = config({ ses: account('A@riverside.example'), resend, twilio });
  expect(platformAddresses(all, 'email')).toEqual(['a@riverside.example', 'box@riverside.example']);
  expect(CHANNELS.flatMap((channel) => platformAddresses(all, channel)).filter((each) => each.includes('+'))).toContain(
    '+15551234567',
  );
});
