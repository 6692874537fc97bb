/** All alert rules. What is generated of them (Prometheus, Datadog) and documented (docs/alerts.md, docs/runbooks.md) follows this list. */
import { RUNNING_RULES } from './running-rules.js';
import { SENDING_RULES } from './sending-rules.js';
import type { AlertRule } from './rule.js';

export const RULES: readonly AlertRule[] = [...SENDING_RULES, ...RUNNING_RULES];
