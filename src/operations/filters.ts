/** The operator's filters, with the venue that they name. */
import { Injectable } from '@nestjs/common';
import { SenderDirectory } from '../tenants/index.js';

@Injectable()
export class Filters {
  constructor(private readonly directory: SenderDirectory) {}

  /** The filter with the venue's id. Raises InvalidRequest for an `externalId` without a tenant. */
  async resolved<Filter extends { venueId?: string }>(tenantId: string | undefined, filter: Filter): Promise<Filter> {
    const venueId = await this.directory.venueInFilter(tenantId, filter.venueId);
    return { ...filter, ...(venueId !== undefined && { venueId }) };
  }
}
