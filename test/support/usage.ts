/** What a tenant used. */
import type { UsageView } from '../../src/billing/usage/usage.dto.js';
import type { TestApp, Tenant } from './test-app.js';

/** Reads the usage of this month. */
export async function usageOf(app: TestApp, owner: Tenant): Promise<UsageView> {
  return (await app.as(owner).get('/api/usage').expect(200)).body as UsageView;
}
