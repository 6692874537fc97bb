/** The secrets by which the receivers of notices know them: a tenant's own, and the operator's from the configuration. */
import { Inject, Injectable } from '@nestjs/common';
import { Database, KeyRing } from '../kernel/index.js';
import { NOTICES, type NoticesSettings } from './notices-config.js';
import { SigningSecrets } from './signing-secrets.js';

@Injectable()
export class NoticeSecrets extends SigningSecrets {
  constructor(
    @Inject(NOTICES) private readonly settings: NoticesSettings,
    database: Database,
    keys: KeyRing,
  ) {
    super({ name: 'notice_secret', owner: 'tenant_id' }, database, keys);
  }

  /** Those that sign a notice, of a tenant or of the operator; none where none was made. */
  async of(tenantId: string | null): Promise<readonly string[]> {
    return tenantId === null ? this.settings.secrets : this.ofOwner(tenantId);
  }
}
