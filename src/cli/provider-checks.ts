/** The providers: the platform's accounts, their webhooks, and the tenants' own accounts. */
import { randomUUID } from 'node:crypto';
import { KeyRing, type Database } from '../kernel/index.js';
import {
  connectAdapters,
  descriptorOf,
  inParallel,
  PROVIDERS,
  webhookUrlOf,
  type Adapters,
  type Finding,
  type PlatformSettings,
  type ProviderAccount,
  type ProviderDescriptor,
  type ProviderName,
} from '../providers/index.js';
import { webhooksOf, type WebhookWriter } from '../sandbox/index.js';
import { ProviderAccounts, type ProviderAccountSecrets } from '../tenants/index.js';
import type { CliConfig } from './context.js';
import { callOnce } from './post.js';
import type { Report } from './report.js';
import { adviceFor, inWords, isTaken, variableOf } from './webhook-refusals.js';

/** A deployment, as far as it could be looked into. */
export interface Deployment {
  readonly config: CliConfig;
  /** Its public address. */
  readonly base: string;
  /** Absent if it cannot be used. */
  readonly database: Database | undefined;
  readonly encryptionKeys: string | undefined;
}

const AT_ONCE = 4;

/** The platform's account at each provider, and its webhooks. */
export async function examineProviders(deployment: Deployment, report: Report): Promise<void> {
  const { config, base } = deployment;
  const adapters = connectAdapters(config, base);
  const accounts = accountsOf(deployment);
  for (const name of PROVIDERS) {
    const settings = config.platform[name];
    if (!settings) {
      report.add(name, { subject: '', result: 'skipped', detail: 'the platform has no account there' });
      continue;
    }
    const webhookUrl = webhookUrlOf(config, name, base);
    const stored = await accounts?.platformAccount(name);
    report.add(name, ...(await examineAccount(adapters, name, stored, { settings, webhookUrl })));
    report.add(name, ...(await examineWebhook(name, settings, webhookUrl)));
  }
}

async function examineAccount(
  adapters: Adapters,
  name: ProviderName,
  stored: ProviderAccount | undefined,
  { settings, webhookUrl }: { readonly settings: PlatformSettings; readonly webhookUrl: string },
): Promise<readonly Finding[]> {
  const account = stored ?? { id: 'platform', version: 0, credentials: settings.credentials };
  const credentials = await ping(adapters, name, account);
  if (credentials.result === 'failed') return [credentials];
  if (!stored) {
    const detail = 'not looked at, since the account has no id yet';
    const advice = 'Start the service, which stores its accounts.';
    return [credentials, { subject: 'set-up', result: 'skipped', detail, advice }];
  }
  const setUp = { webhookUrl, ...(settings.from !== undefined && { from: settings.from }) };
  return [credentials, ...((await adapters[name].examine?.(stored, setUp)) ?? [])];
}

async function ping(adapters: Adapters, name: ProviderName, account: ProviderAccount): Promise<Finding> {
  try {
    await adapters[name].ping(account);
    return { subject: 'credentials', result: 'ok', detail: 'accepted' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'refused for an unknown reason';
    const advice = `Compare them with the provider’s console: see docs/providers/${name}.md.`;
    return { subject: 'credentials', result: 'failed', detail, advice };
  }
}

/** Whether the deployment takes a webhook that is signed, and refuses one that is not. */
async function examineWebhook(
  name: ProviderName,
  { credentials }: PlatformSettings,
  webhookUrl: string,
): Promise<readonly Finding[]> {
  const writer = webhooksOf(name);
  if (!('write' in writer)) {
    const advice = writer.onlyByProvider;
    return [
      { subject: 'signature', result: 'skipped', detail: 'only the provider can sign', advice },
      await examineUnsigned(name, webhookUrl, '[]'),
    ];
  }
  if (!credentials[writer.secret]) {
    const advice = `Set ${variableOf(descriptorOf(name), writer.secret)}.`;
    return [{ subject: 'signature', result: 'failed', detail: 'its webhooks cannot be verified', advice }];
  }
  return examineSigned(name, writer, credentials, webhookUrl);
}

async function examineSigned(
  name: ProviderName,
  writer: WebhookWriter,
  credentials: PlatformSettings['credentials'],
  webhookUrl: string,
): Promise<readonly Finding[]> {
  const nobody = { channel: 'sms', from: '', to: '', body: '', segments: 1, messageId: randomUUID() } as const;
  const webhook = writer.write(credentials, webhookUrl, { event: writer.harmless, ...nobody });
  const answer = await callOnce(webhook.url, webhook);
  const base = webhookUrl.replace(/\/webhook\/[^/]*$/, '');
  const signed: Finding = isTaken(answer)
    ? { subject: 'signature', result: 'ok', detail: 'a signed webhook is taken' }
    : {
        subject: 'signature',
        result: 'failed',
        detail: `a signed webhook is not taken: ${inWords(answer)}`,
        advice: adviceFor(answer, name, writer, base),
      };
  return [signed, await examineUnsigned(name, webhook.url, webhook.body)];
}

const REFUSED: readonly (number | undefined)[] = [400, 401, 403];

async function examineUnsigned(name: ProviderName, url: string, body: string): Promise<Finding> {
  const { webhook }: ProviderDescriptor = descriptorOf(name);
  const headers = { 'content-type': webhook.consumes?.[0] ?? 'application/json' };
  const answer = await callOnce(url, { headers, body });
  const subject = 'forgery';
  if (REFUSED.includes(answer.status)) return { subject, result: 'ok', detail: 'an unsigned webhook is refused' };
  return isTaken(answer)
    ? {
        subject,
        result: 'failed',
        detail: 'an unsigned webhook is taken',
        advice: 'Something other than Callboard answers there: find out what, before anything is sent.',
      }
    : {
        subject,
        result: 'failed',
        detail: `an unsigned webhook is answered ${inWords(answer)}`,
        advice: 'Does the service run, and does the proxy lead /webhook/ to it?',
      };
}

/** Asks the providers whether they accept the tenants' own credentials, a few at once. */
export async function examineTenantAccounts(deployment: Deployment, report: Report): Promise<void> {
  const accounts = accountsOf(deployment);
  if (!accounts) {
    const advice = 'Mend the database first.';
    report.add('tenant accounts', { subject: '', result: 'skipped', detail: 'the database cannot be used', advice });
    return;
  }
  const adapters = connectAdapters(deployment.config, deployment.base);
  for (const name of PROVIDERS) {
    const own = await ownAccounts(accounts, name, report);
    const found = await inParallel(own, AT_ONCE, (account) => ping(adapters, name, account));
    own.forEach(({ id }, index) => {
      const finding = found[index];
      if (finding) report.add(name, { ...finding, subject: `account ${id}` });
    });
  }
}

/** Those of tenants. */
async function ownAccounts(
  accounts: ProviderAccounts,
  name: ProviderName,
  report: Report,
): Promise<readonly ProviderAccountSecrets[]> {
  try {
    return (await accounts.allAt(name)).filter(({ tenantId }) => tenantId !== null);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'they cannot be decrypted';
    const advice = 'Is CALLBOARD_ENCRYPTION_KEYS the key ring of this database?';
    report.add(name, { subject: 'tenant accounts', result: 'failed', detail, advice });
    return [];
  }
}

function accountsOf({ config, database, encryptionKeys }: Deployment): ProviderAccounts | undefined {
  if (!database || encryptionKeys === undefined) return undefined;
  return new ProviderAccounts(config, database, KeyRing.parse(encryptionKeys));
}
