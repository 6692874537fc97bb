/** Where tenants are. Implemented by the module that has them. */
export abstract class TenantDirectory {
  /** The region of a tenant, this one or another; undefined if no region has it. Raises RegionUnavailable where that is not known for sure. */
  abstract regionOf(tenantId: string): Promise<string | undefined>;

  /** Notes that another region has a tenant. It never fails: what is not noted is asked for. */
  abstract learn(tenantId: string, region: string): Promise<void>;
}
