/** The accounts in Resend's sandbox. */
import { credential, type SandboxAccounts } from '../sandbox-accounts.js';

export interface ResendAccount {
  /** Ours: as named in the record. */
  readonly id: string;
  readonly apiKey: string;
  /** Signs its webhooks; without one there are none. */
  readonly webhookSecret?: string;
  /** Path of its webhooks, such as `/webhook/resend`. */
  readonly webhookPath: string;
}

/** The account with this key; undefined if there is none. */
export async function resendAccount(accounts: SandboxAccounts, apiKey: string): Promise<ResendAccount | undefined> {
  const all = await accounts.allAt('resend');
  const found = all.find((account) => credential(account, 'apiKey') === apiKey);
  if (!found) return undefined;
  const { id, tenantId, credentials } = found;
  const webhookPath = tenantId === null ? '/webhook/resend' : `/webhook/resend/${id}`;
  return { id, apiKey, webhookSecret: credentials['webhookSecret'], webhookPath };
}
