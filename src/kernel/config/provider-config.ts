/** The part of the configuration that is about providers: real ones, or the sandbox in their place. */
import type { EnvironmentReader } from './environment-reader.js';

export interface TwilioConfig {
  readonly accountSid: string;
  readonly authToken: string;
  readonly phoneNumber?: string;
  readonly webhookBaseUrl?: string;
  readonly apiBaseUrl?: string;
}

export interface SesConfig {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly endpoint?: string;
  readonly from?: string;
  readonly topicArns: readonly string[];
  readonly configurationSet?: string;
}

export interface ResendConfig {
  readonly apiKey: string;
  readonly webhookSecret?: string;
  readonly baseUrl?: string;
  readonly from?: string;
}

/** Every variable that configures a real provider; any of them set turns the sandbox off. */
const PROVIDER_VARIABLES = [
  ...['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'SES_FROM'],
  ...['SENDGRID_API_KEY', 'RESEND_API_KEY', 'RESEND_FROM', 'PLIVO_AUTH_ID', 'PLIVO_AUTH_TOKEN'],
];

const EMAIL_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** The sandbox is for a house without real providers: never beside one. */
export function sandboxMode(read: EnvironmentReader): boolean {
  const configured = PROVIDER_VARIABLES.filter((name) => read.text(name) !== undefined);
  const wanted = read.oneOf('CALLBOARD_SANDBOX', ['on', 'off', ''] as const, '');
  if (wanted === 'on' && configured.length > 0) {
    read.complain(
      `CALLBOARD_SANDBOX=on cannot stand beside real providers: unset ${configured.join(', ')}, or turn it off`,
    );
  }
  return wanted === '' ? configured.length === 0 : wanted === 'on';
}

/** Twilio, where any of its credentials is set. */
export function twilioConfig(read: EnvironmentReader): TwilioConfig | undefined {
  if (!read.anyOf('TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN')) return undefined;
  return {
    accountSid: read.required(
      'TWILIO_ACCOUNT_SID',
      /^AC[0-9a-zA-Z]{32}$/,
      'AC and 32 characters, from the Twilio console',
    ),
    authToken: read.required('TWILIO_AUTH_TOKEN', /^\S{8,}$/, 'the auth token of that account'),
    phoneNumber: read.matching('TWILIO_PHONE_NUMBER', /^\+[1-9]\d{6,14}$/, 'a number as +15551234567'),
    webhookBaseUrl: read.url('TWILIO_WEBHOOK_BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    apiBaseUrl: read.url('TWILIO_API_BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
  };
}

/** Resend, where its key is set. */
export function resendConfig(read: EnvironmentReader): ResendConfig | undefined {
  if (!read.anyOf('RESEND_API_KEY', 'RESEND_FROM')) return undefined;
  return {
    apiKey: read.required('RESEND_API_KEY', /^re_\S{8,}$/, 're_ and what follows it, from the Resend dashboard'),
    webhookSecret: read.matching(
      'RESEND_WEBHOOK_SECRET',
      /^whsec_(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      'the signing secret of the webhook, whsec_ and what follows it',
    ),
    baseUrl: read.url('RESEND_BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    from: read.matching('RESEND_FROM', EMAIL_ADDRESS, 'an email address of a domain verified with Resend'),
  };
}

/** Amazon SES, where any of its credentials is set. */
export function sesConfig(read: EnvironmentReader): SesConfig | undefined {
  if (!read.anyOf('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'SES_FROM')) return undefined;
  return {
    region: read.required('AWS_REGION', /^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-central-1'),
    accessKeyId: read.required('AWS_ACCESS_KEY_ID', /^\w{4,128}$/, 'an AWS access key id'),
    secretAccessKey: read.required('AWS_SECRET_ACCESS_KEY', /^\S{8,}$/, 'the secret of that access key'),
    endpoint: read.url('AWS_ENDPOINT_URL_SESV2', ['http:', 'https:']),
    from: read.matching('SES_FROM', EMAIL_ADDRESS, 'an email address verified in SES'),
    topicArns: read.list(
      'SES_TOPIC_ARNS',
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
      'SNS topic ARNs, comma-separated',
    ),
    configurationSet: read.matching('SES_CONFIGURATION_SET', /^[\w-]{1,64}$/, 'the name of a configuration set'),
  };
}
