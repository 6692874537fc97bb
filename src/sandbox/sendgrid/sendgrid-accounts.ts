/** The accounts in SendGrid's sandbox. */
import { credential, type SandboxAccounts } from '../sandbox-accounts.js';

export interface SendGridAccount {
  /** Ours: as named in the record. */
  readonly id: string;
  readonly apiKey: string;
  /** Whether it takes webhooks: its verification key was entered here. */
  readonly hasWebhook: boolean;
  /** Path of its webhooks, such as `/webhook/sendgrid`. */
  readonly webhookPath: string;
}

/** The account with this key; undefined if there is none. */
export async function sendGridAccount(accounts: SandboxAccounts, apiKey: string): Promise<SendGridAccount | undefined> {
  const all = await accounts.allAt('sendgrid');
  const found = all.find((account) => credential(account, 'apiKey') === apiKey);
  if (!found) return undefined;
  const { id, tenantId, credentials } = found;
  return {
    id,
    apiKey,
    hasWebhook: credentials['webhookKey'] !== undefined,
    webhookPath: tenantId === null ? '/webhook/sendgrid' : `/webhook/sendgrid/${id}`,
  };
}
