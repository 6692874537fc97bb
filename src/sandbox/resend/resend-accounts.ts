/** The accounts that Resend knows. */
import { credential, type SandboxAccounts } from '../sandbox-accounts.js';

export interface ResendAccount {
  /** Ours: what the record names it by. */
  readonly id: string;
  readonly apiKey: string;
  /** What its webhooks are signed with; without one nobody is told. */
  readonly webhookSecret?: string;
  /** Where its webhooks go, such as `/webhook/resend`. */
  readonly webhookPath: string;
}

/** The account with this key; undefined where nobody has it. */
export async function resendAccount(accounts: SandboxAccounts, apiKey: string): Promise<ResendAccount | undefined> {
  const all = await accounts.allAt('resend');
  const found = all.find((account) => credential(account, 'apiKey') === apiKey);
  if (!found) return undefined;
  const { id, tenantId, credentials } = found;
  const webhookPath = tenantId === null ? '/webhook/resend' : `/webhook/resend/${id}`;
  return { id, apiKey, webhookSecret: credentials['webhookSecret'], webhookPath };
}
