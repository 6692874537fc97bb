/** The Amazon SES simulator: its emails, and the SNS topics of its events. */
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SandboxAccounts } from '../sandbox-accounts.js';
import { Sandbox } from '../sandbox.js';
import { firstTopic } from './ses-accounts.js';
import { SesEmails } from './ses-emails.js';
import { SesMetrics } from './ses-metrics.js';
import { SnsTopics } from './sns-topics.js';

@Injectable()
export class SesSandbox implements OnApplicationBootstrap {
  readonly emails: SesEmails;
  readonly metrics: SesMetrics;
  readonly topics: SnsTopics;

  constructor(
    private readonly sandbox: Sandbox,
    accounts: SandboxAccounts,
  ) {
    const { record, schedule, agenda, sender, faults, options } = sandbox;
    this.topics = new SnsTopics(agenda, sender, faults, options);
    this.metrics = new SesMetrics(sandbox);
    this.emails = new SesEmails(record, schedule, faults, this.topics, accounts);
  }

  /**
   * Subscribes our webhook to the platform's events just before the application listens; the topic retries until it is
   * confirmed.
   */
  onApplicationBootstrap(): void {
    const topicArn = firstTopic(this.sandbox.options.platform.ses?.credentials['topicArns']);
    if (topicArn) this.topics.of(topicArn);
  }
}
