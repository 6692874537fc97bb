/** Tells the operator of API keys before they end. */
import { Injectable } from '@nestjs/common';
import { iso, Scheduled } from '../kernel/index.js';
import { Notices, type Letter } from '../notices/index.js';
import { EndingKeys, type EndingKey } from '../tenants/index.js';

/** So many days before; each key is told of once for each. */
const DAYS_BEFORE = [14, 2];

@Injectable()
export class EndingKeysSchedule {
  constructor(
    private readonly keys: EndingKeys,
    private readonly notices: Notices,
  ) {}

  /** To the operator alone, who issues keys. */
  @Scheduled({ name: 'tell-of-ending-keys', everyMs: 3_600_000 })
  async tell(): Promise<void> {
    for (const days of DAYS_BEFORE) {
      for (const key of await this.keys.within(days)) await this.write(key, days);
    }
  }

  private async write(key: EndingKey, days: number): Promise<void> {
    const { id, name, tenantId, tenantName } = key;
    const expiresAt = iso(key.expiresAt);
    await this.notices.write({
      kind: 'api_key.expiring',
      subject: `${id} ${expiresAt} ${days}`,
      tenantId: null,
      payload: { keyId: id, name, tenantId, tenantName, expiresAt, lastUsedAt: iso(key.lastUsedAt) },
      letters: { en: letterOf(key) },
      targets: { emails: [], url: null, language: 'en' },
      toOperator: true,
    });
  }
}

const letterOf = ({ id, name, tenantId, tenantName, expiresAt, lastUsedAt }: EndingKey): Letter => ({
  subject: `An API key of ${tenantName} ends on ${iso(expiresAt).slice(0, 10)}`,
  blocks: [
    `The key ${name} (${id}) of ${tenantName} stops working at ${iso(expiresAt)}.`,
    lastUsedAt === null ? 'It was never used.' : `It was last used at ${iso(lastUsedAt)}.`,
    `Issue the one that follows it with POST /api/tenants/${tenantId}/api-keys/${id}/rotate, or let it end.`,
  ],
});
