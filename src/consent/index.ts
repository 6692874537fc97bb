/** The public API of consent: who may be written to, and the gate that checks it. */
import { ConsentEvent } from './consent-event.entity.js';
import { Consent } from './consent.entity.js';

export { ApplyKeyword, type KeywordMessage } from './apply-keyword.command.js';
export { ConsentChanged, type ConsentChangedGroup } from './consent-changed.event.js';
export { WhatsAppUsers } from './whatsapp-users.js';
export { ConsentGate, type GateCandidate } from './consent.gate.js';
export { ConsentModule } from './consent.module.js';
export { SOURCE as CONSENT_SOURCE } from './consent.dto.js';
export { PastInstant } from './consent.fields.js';
export { CONSENT_COLUMNS } from './lists/decision-columns.js';
export { readConsentColumns, type DecisionDefaults, type ReadDecision } from './lists/decision-reader.js';
export { exclusions } from './exclusions.sql.js';
export type { GateVerdict } from './consent.rules.js';
export { ConsentLog, type ConsentChange, type ConsentOutcome } from './consent-log.js';
export { RecordProviderOptOuts, type ProviderOptOut } from './record-provider-opt-outs.command.js';
export { Suppress, type SuppressionEntry } from './suppressions/suppress.command.js';

export const consentEntities = [Consent, ConsentEvent];
