/** The door of tenants: who our customers are, and who speaks for them. */
import { ApiKey } from './api-key.entity.js';
import { Tenant } from './tenant.entity.js';
import { Venue } from './venue.entity.js';

export * from './channels.js';
export { TenantsModule } from './tenants.module.js';

export const tenantEntities = [Tenant, Venue, ApiKey];
