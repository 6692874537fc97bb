/** `webhook send`: posts one webhook to a deployment, signed as its provider signs it. */
import { isUuid, isWebAddress } from '../kernel/index.js';
import { descriptorOf, PROVIDERS, type ProviderDescriptor, type ProviderName } from '../providers/index.js';
import { webhooksOf, type WebhookEvent, type WebhookWriter } from '../sandbox/index.js';
import { countSegments } from '../templates/index.js';
import { command, oneOf, UsageError, type Typed } from './command-line.js';
import { CommandFailed, platformOf, type CliConfig, type CliContext } from './context.js';
import { callOnce } from './post.js';
import { adviceFor, inWords, isTaken, variableOf } from './webhook-refusals.js';

const OPTIONS = {
  provider: { type: 'string', value: 'name', required: true, oneOf: PROVIDERS, meaning: 'whose webhook it is' },
  event: { type: 'string', value: 'event', required: true, meaning: 'what it tells: see the list above' },
  message: { type: 'string', value: 'id', meaning: 'our id of the message' },
  'provider-message': {
    type: 'string',
    value: 'id',
    meaning: 'the provider’s id of it; with --to it is found without ours',
  },
  to: {
    type: 'string',
    value: 'address',
    meaning:
      'the recipient, needed where the event suppresses or opts out; of inbound our number, by default the platform’s',
  },
  code: { type: 'string', value: 'code', meaning: 'the provider’s code for what went wrong' },
  from: {
    type: 'string',
    value: 'number',
    meaning: 'of inbound: who writes; whatsapp: before it makes it a WhatsApp message',
  },
  body: { type: 'string', value: 'text', meaning: 'of inbound: the text, such as STOP' },
  account: {
    type: 'string',
    value: 'id',
    meaning: 'the id of a tenant’s provider account, where its webhooks have a path of their own',
  },
  url: {
    type: 'string',
    value: 'url',
    meaning: 'base URL of the deployment; by default PUBLIC_URL, or http://HOST:PORT',
  },
} as const;

type Webhook = Typed<typeof OPTIONS>;

/** The providers whose webhooks an account's own secret signs. */
const SIGNABLE = PROVIDERS.flatMap((name) => {
  const writer = webhooksOf(name);
  return 'write' in writer ? [{ name, events: writer.events }] : [];
});

export const WEBHOOK_SEND = command({
  name: 'webhook send',
  summary: 'signs a provider’s webhook and posts it to a deployment',
  details: `The secret that signs is read from the environment, as the service reads it, such as TWILIO_AUTH_TOKEN.

${SIGNABLE.map(({ name, events }) => `  ${name.padEnd(8)}${events.join(', ')}`).join('\n')}`,
  options: OPTIONS,
  examples: [
    'webhook send --provider twilio --event delivered --message $MESSAGE',
    'webhook send --provider twilio --event inbound --from +491713920001 --to +493023125001 --body STOP',
  ],
  run: sendWebhook,
});

async function sendWebhook(typed: Webhook, context: CliContext): Promise<number> {
  const { provider } = typed;
  const writer = webhooksOf(provider);
  if (!('write' in writer)) throw new CommandFailed(writer.onlyByProvider);
  oneOf('event', typed.event, writer.events);
  const config = await context.loadConfig();
  const { credentials, base, from } = await accountOf(context, config, provider, typed);
  if (!credentials[writer.secret]) throw new CommandFailed(`${secretOf(provider, writer)} is not set: it signs.`);

  const url = `${base}/webhook/${provider}${pathOf(provider, typed)}`;
  const webhook = writer.write(credentials, url, eventOf(provider, writer, typed, from));
  const answer = await callOnce(webhook.url, webhook);
  context.say(`POST ${webhook.url} answered ${inWords(answer)}`);
  if (isTaken(answer)) return 0;
  context.complain(adviceFor(answer, provider, writer, base));
  return 1;
}

const secretOf = (provider: ProviderName, { secret }: WebhookWriter): string =>
  variableOf(descriptorOf(provider), secret);

interface Account {
  readonly credentials: Readonly<Record<string, string>>;
  /** Where the deployment takes its webhooks. */
  readonly base: string;
  /** The platform's number or address; empty without one. */
  readonly from: string;
}

/** The platform's account. Raises CommandFailed if there is none. */
async function accountOf(
  context: CliContext,
  config: CliConfig,
  provider: ProviderName,
  { url, from, to }: Webhook,
): Promise<Account> {
  if (url !== undefined && !isWebAddress(url)) throw new UsageError('--url is an address with http or https.');
  const settings = (await platformOf(context, config))[provider];
  if (!settings) {
    const descriptor: ProviderDescriptor = descriptorOf(provider);
    const names = descriptor.variables.filter(({ configures }) => configures).map(({ name }) => name);
    throw new CommandFailed(`The platform has no account at ${provider}: set ${names.join(', ')}.`);
  }
  return {
    credentials: settings.credentials,
    base: (url ?? settings.webhookBaseUrl ?? config.publicUrl).replace(/\/+$/, ''),
    from: (isWhatsApp(from, to) ? settings.whatsappFrom : settings.from) ?? settings.from ?? '',
  };
}

/** What follows the provider's name: a tenant's account, where it is named there. Raises UsageError. */
function pathOf(provider: ProviderName, { account }: Webhook): string {
  if (account === undefined) return '';
  if (!isUuid(account)) throw new UsageError('--account is the id of a provider account.');
  const { webhook }: ProviderDescriptor = descriptorOf(provider);
  return webhook.routes.some(({ ofAccount }) => ofAccount) ? `/${account}` : '';
}

const WHATSAPP = /^whatsapp:/;
const isWhatsApp = (...addresses: readonly (string | undefined)[]): boolean =>
  addresses.some((address) => address !== undefined && WHATSAPP.test(address));

/** Raises UsageError for what the event lacks. */
function eventOf(provider: ProviderName, writer: WebhookWriter, typed: Webhook, ours: string): WebhookEvent {
  const { event, message, code, body = '' } = typed;
  const [from, to] = [typed.from, typed.to].map((address) => address?.replace(WHATSAPP, ''));
  if (code !== undefined && !writer.code.pattern.test(code)) throw new UsageError(`--code is ${writer.code.meaning}.`);
  if (message !== undefined && !isUuid(message)) throw new UsageError('--message is the id of a message of ours.');
  const channel =
    descriptorOf(provider).channels[0] === 'email' ? 'email' : isWhatsApp(typed.from, typed.to) ? 'whatsapp' : 'sms';
  const { segments } = countSegments(body);
  if (event === 'inbound') {
    if (from === undefined) throw new UsageError('Who writes? Name the number with --from.');
    return { event, channel, from, to: to ?? ours, body, segments };
  }
  const id = typed['provider-message'];
  if (message === undefined && (id === undefined || to === undefined)) {
    throw new UsageError('Of which message? Name it with --message, or with --provider-message and --to.');
  }
  const known = {
    ...(message !== undefined && { messageId: message }),
    ...(id !== undefined && { providerMessageId: id }),
  };
  return {
    event,
    channel,
    from: from ?? ours,
    to: to ?? '',
    body,
    segments,
    ...known,
    ...(code !== undefined && { code }),
  };
}
