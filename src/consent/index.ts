/** The public API of consent: who may be written to, and the gate that checks it. */
import { ConsentEvent } from './consent-event.entity.js';
import { Consent } from './consent.entity.js';

export { ApplyKeyword, type KeywordMessage } from './apply-keyword.command.js';
export { ConsentChanged, type ConsentChangedGroup } from './consent-changed.event.js';
export { WhatsAppUsers } from './whatsapp-users.js';
export { KeptDecisions, type ErasedPerson } from './erased/kept-decisions.js';
export { PersonDigests } from './erased/person-digests.js';
export { consentIs } from './consent-is.sql.js';
export { ConsentGate, type GateCandidate } from './consent.gate.js';
export { ConsentModule } from './consent.module.js';
export { SOURCE as CONSENT_SOURCE } from './consent.dto.js';
export { ConsentSubjects, type ConsentSubject } from './consent-subject.js';
export { ExemptMessages } from './exempt-messages.js';
export { Evidence, PastInstant } from './consent.fields.js';
export { CONSENT_COLUMNS } from './lists/decision-columns.js';
export { readConsentColumns, type DecisionDefaults, type ReadDecision } from './lists/decision-reader.js';
export { exclusions } from './exclusions.sql.js';
export type { GateVerdict } from './consent.rules.js';
export { ANY_CONSENT_NEWS, CONSENT_CHANGES, CONSENT_EVENTS, ConsentNews } from './consent-news.js';
export { QuietTimes } from './quiet-hours/quiet-times.js';
export { PersonDecisions, type Visit } from './preferences/person-decisions.js';
export { PersonLinks, type Addressed, type LinkVariables } from './preferences/person-links.js';
export type { LinkedPerson } from './preferences/person-token.js';
export { PersonPreferences, type ChannelWishes, type Preferences } from './preferences/preferences.js';
export type { Wishes } from './preferences/preferences.rules.js';
export { ConsentLog, type ConsentChange, type ConsentOutcome } from './consent-log.js';
export { RecordProviderOptOuts, type ProviderOptOut } from './record-provider-opt-outs.command.js';
export { ADDRESS_REPORTS, type AddressReport } from './suppressions/address-reports.js';
export { RecordAddressReports } from './suppressions/record-address-reports.command.js';
export { SENDER_PAUSE } from './sender-pauses/sender-pauses.audit.js';
export {
  PAUSE_REASONS,
  SENDER_PAUSES,
  SenderPauses,
  type NewPause,
  type PauseFilter,
  type PauseReason,
  type PauseRow,
  type SenderKey,
} from './sender-pauses/sender-pauses.js';
export { ALLOWED_RANGE, PUMPING_ALARM } from './pumping-alarms/pumping-alarms.audit.js';
export { AllowedRanges, rangeIsAllowed, type AllowedRange } from './pumping-alarms/allowed-ranges.js';
export {
  PUMPING_ALARMS,
  PUMPING_REASONS,
  PumpingAlarms,
  type AlarmRow,
  type NewAlarm,
  type PumpingReason,
} from './pumping-alarms/pumping-alarms.js';
export { ANY_PUMPING_EVENT, PUMPING_EVENTS, PumpingEvents } from './pumping-alarms/pumping-events.js';
export { Suppress, type SuppressionEntry } from './suppressions/suppress.command.js';

export const consentEntities = [Consent, ConsentEvent];
