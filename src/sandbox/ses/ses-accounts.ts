/** The accounts that Amazon SES knows. */
import { credential, type SandboxAccounts } from '../sandbox-accounts.js';

export interface SesAccount {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The SNS topic that its events are published to; without one nobody is told. */
  readonly topicArn?: string;
}

/**
 * All that have this access key, and so one secret; they may differ in region and topic. Where several entered the key with secrets of
 * their own, the first of them is believed.
 */
export async function sesAccounts(accounts: SandboxAccounts, accessKeyId: string): Promise<readonly SesAccount[]> {
  const found = await accounts.findByExternalId('ses', accessKeyId);
  const all = found.map((account): SesAccount => {
    const topicArn = firstTopic(credential(account, 'topicArns'));
    return {
      region: credential(account, 'region'),
      accessKeyId,
      secretAccessKey: credential(account, 'secretAccessKey'),
      ...(topicArn && { topicArn }),
    };
  });
  return all.filter(({ secretAccessKey }) => secretAccessKey === all[0]?.secretAccessKey);
}

/** The first of an account's topics, which is the one that the sandbox publishes to; undefined where it has none. */
export const firstTopic = (topicArns = ''): string | undefined => topicArns.split(',')[0]?.trim() || undefined;
