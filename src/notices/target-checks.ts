/** Checks whom a tenant wants to be told, as it is entered. */
import { Injectable } from '@nestjs/common';
import { GuardedFetch } from '../kernel/index.js';
import { normaliseAddress } from '../tenants/index.js';
import type { NoticeTargetsBody } from './notices.dto.js';
import { NoticeMail } from './notice-mail.js';
import { NoticeSecrets } from './notice-secrets.js';
import { NoticeEmailMissing, NoticeSecretMissing, NoticeUrlForbidden } from './notices.errors.js';
import type { NoticeTargets } from './notices.js';

@Injectable()
export class TargetChecks {
  constructor(
    private readonly fetch: GuardedFetch,
    private readonly secrets: NoticeSecrets,
    private readonly mail: NoticeMail,
  ) {}

  /** The targets in their normal form; errors name fields below `field`. Raises NoticeUrlForbidden, NoticeSecretMissing and NoticeEmailMissing. */
  async checked(
    tenantId: string,
    { emails = [], url = null, language }: NoticeTargetsBody,
    field: string,
  ): Promise<NoticeTargets> {
    if (url !== null && !this.fetch.mayAsk(url)) throw new NoticeUrlForbidden().at(`${field}.url`);
    if (url !== null && !(await this.secrets.state(tenantId))) throw new NoticeSecretMissing().at(`${field}.url`);
    return { emails: this.mailboxes(emails, `${field}.emails`), url, language };
  }

  /** Raises NoticeEmailMissing. */
  mailboxes(emails: readonly string[], field: string): string[] {
    if (emails.length > 0 && !this.mail.voice) throw new NoticeEmailMissing().at(field);
    return [...new Set(emails.map((text) => normaliseAddress('email', text)))];
  }
}
