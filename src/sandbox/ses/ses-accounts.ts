/** The accounts in Amazon SES's sandbox. */
import { credential, type SandboxAccounts } from '../sandbox-accounts.js';

export interface SesAccount {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a temporary key: every call must bring it. */
  readonly sessionToken?: string;
  /** The SNS topic of its events; without one there are none. */
  readonly topicArn?: string;
}

/**
 * All with this access key, and so one secret; they may differ in region and topic. If several entered the key with different
 * secrets, the first one's counts.
 */
export async function sesAccounts(accounts: SandboxAccounts, accessKeyId: string): Promise<readonly SesAccount[]> {
  const found = await accounts.findByExternalId('ses', accessKeyId);
  const all = found.map((account): SesAccount => {
    const topicArn = firstTopic(credential(account, 'topicArns'));
    const sessionToken = credential(account, 'sessionToken') || undefined;
    return {
      region: credential(account, 'region'),
      accessKeyId,
      secretAccessKey: credential(account, 'secretAccessKey'),
      ...(sessionToken && { sessionToken }),
      ...(topicArn && { topicArn }),
    };
  });
  return all.filter(({ secretAccessKey }) => secretAccessKey === all[0]?.secretAccessKey);
}

/** The first of an account's topics, to which the sandbox publishes; undefined if it has none. */
export const firstTopic = (topicArns = ''): string | undefined => topicArns.split(',')[0]?.trim() || undefined;
