/** The public API of the host's data: the port, its errors, and the module that connects it. */
export { examineHost } from './connect-host.js';
export { inWords, viewOf } from './fact-views.js';
export { readHostData, type HostDataConfig } from './host-data-config.js';
export { HostDataNotConfigured, HostDataUnavailable, HostRecordUnreadable } from './host-data.errors.js';
export { HostDataModule } from './host-data.module.js';
export {
  addressOn,
  MOMENTS,
  momentOf,
  readFacts,
  stale,
  STALE_REASONS,
  type HostFacts,
  type HostRefs,
  type MissingReason,
  type Moment,
  type StaleReason,
} from './host-facts.js';
export {
  HOST_KINDS,
  HostData,
  HostRecords,
  type AttendeePage,
  type HostAttendee,
  type HostAttributes,
  type HostCustomer,
  type HostEvent,
  type HostKind,
  type HostOrder,
  type HostRecordOf,
  type HostRef,
} from './host-data.port.js';
