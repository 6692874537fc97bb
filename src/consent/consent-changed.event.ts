import type { Channel } from '../tenants/index.js';
import type { Decision } from './consent.entity.js';

/** People of one venue whose consent changed alike; who they are is not told. */
export interface ConsentChangedGroup {
  readonly tenantId: string;
  readonly venueId: string;
  /** As `consentChannel` names it. */
  readonly channel: Channel;
  readonly status: Decision;
  readonly source: string;
  readonly people: number;
}

/** People's consent is another than before, and that is committed. A decision that changes nothing is in the log alone. */
export class ConsentChanged {
  constructor(readonly groups: readonly ConsentChangedGroup[]) {}
}
