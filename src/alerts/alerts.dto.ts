/** Request and response shapes of alerts. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, OneOf, PageQuery, Text } from '../kernel/index.js';
import { STATES, type AlertState } from './alert.rules.js';
import { SEVERITIES, UNITS, type LabelSet, type Severity, type Unit } from './rule.js';

const MOST_MINUTES = 30 * 24 * 60;
const LABELS = {
  type: 'object',
  additionalProperties: { type: 'string' },
  example: { channel: 'sms', provider: 'twilio' },
  description: 'What of it is wrong, such as a channel or a provider; empty where there is nothing to tell apart',
} as const;
const RUNBOOK = { example: 'docs/runbooks.md#messages-in-doubt', description: 'What to do' } as const;

export class ListAlertsQuery extends PageQuery {
  @OneOf(STATES, { required: false }) state?: AlertState;
  @Text({ required: false, max: 60, example: 'messages-in-doubt' }) rule?: string;
}

export class SilenceBody {
  @Int({ min: 1, max: MOST_MINUTES, example: 120, description: 'For how long, from now on' })
  declare minutes: number;

  @Text({ max: 500, example: 'The provider knows, and works on it', description: 'For the others who run this' })
  declare reason: string;
}

export class AlertView {
  @Id() id: string;
  @Text({ max: 60, example: 'messages-in-doubt' }) rule: string;
  @ApiProperty({ example: 'Messages are in doubt' }) title: string;
  @OneOf(SEVERITIES, { example: 'critical' }) severity: Severity;
  @ApiProperty(LABELS) labels: LabelSet;
  @OneOf(STATES, { example: 'firing' }) state: AlertState;
  @ApiProperty({ example: 3, description: 'When it was last looked at; a share is between 0 and 1' }) value: number;
  @ApiProperty({ type: Number, nullable: true, example: 0, description: 'Null where the rule is off by now' })
  limit: number | null;
  @OneOf(UNITS, { example: 'count' }) unit: Unit;
  @Instant({ description: 'Since when it is wrong' }) since: string;
  @Instant({ nullable: true, description: 'Since when it fires' }) firedAt: string | null;
  @Instant({ nullable: true, description: 'When it was over' }) resolvedAt: string | null;
  @Instant() evaluatedAt: string;
  @Instant({ nullable: true, description: 'Nobody is told of it until then' }) silencedUntil: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) silenceReason: string | null;
  @ApiProperty(RUNBOOK) runbook: string;
}

const RULE_STATES = ['ok', 'pending', 'firing'] as const;
export type RuleState = (typeof RULE_STATES)[number];

export class AlertRuleView {
  @Text({ max: 60, example: 'messages-in-doubt' }) name: string;
  @ApiProperty({ example: 'Messages are in doubt' }) title: string;
  @ApiProperty({ example: 'Messages of which nobody knows whether they were sent', description: 'What its value is' })
  what: string;
  @OneOf(SEVERITIES, { example: 'critical' }) severity: Severity;
  @OneOf(RULE_STATES, { example: 'ok', description: 'Of the worst of its alerts' }) state: RuleState;
  @ApiProperty({ enum: ['above', 'below'], example: 'above', description: 'On which side of the limit it is wrong' })
  wrong: 'above' | 'below';
  @ApiProperty({ example: 0 }) limit: number;
  @OneOf(UNITS, { example: 'count' }) unit: Unit;
  @ApiProperty({ example: 25, description: 'It fires once it has been wrong for so long' }) holdSeconds: number;
  @ApiProperty({ example: 60, description: 'It is over once it has been well for so long' }) clearSeconds: number;
  @ApiProperty(RUNBOOK) runbook: string;
}

export class AlertRulesView {
  @ApiProperty({ type: [AlertRuleView] }) items: AlertRuleView[];
}
