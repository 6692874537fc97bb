import type { Channel } from '../tenants/index.js';
import type { Decision } from './consent.entity.js';

/** People of one venue with the same consent change; without their identity. */
export interface ConsentChangedGroup {
  readonly tenantId: string;
  readonly venueId: string;
  /** As `consentChannel` names it. */
  readonly channel: Channel;
  readonly status: Decision;
  readonly source: string;
  readonly people: number;
}

/** People's consent has changed, and that is committed. A decision that changes nothing is only in the log. */
export class ConsentChanged {
  constructor(readonly groups: readonly ConsentChangedGroup[]) {}
}
