/** The JSON form of an automation: what starts it, of whom, and what follows. */
import { Flag, Nested, NestedList, OneOf, Text, TextList } from '../../kernel/index.js';
import { MOMENTS, STALE_REASONS, type Moment, type StaleReason } from '../../host-data/index.js';
import { CATEGORIES, type Category } from '../../tenants/index.js';
import { FACTS, OPERATORS, type Condition, type Operator } from './conditions.js';
import { DURATION, isDuration, isSignedDuration, SIGNED_DURATION } from './durations.js';
import { ConditionValue, DurationText, EventType, Hour, TemplateKeys } from './definition.fields.js';

const STEPS = { max: 50 };
const CONDITIONS = { required: false, max: 20 };

export const EXAMPLE_STEPS = [
  { send: { templates: ['order-confirmation-sms', 'order-confirmation-email'] } },
  { waitUntil: { of: 'event.startsAt', offset: '-PT24H' } },
  { send: { templates: ['reminder-sms'] } },
];

/** Whom an automation writes to. */
export const RECIPIENTS = ['customer', 'attendees', 'waitlist'] as const;
export type Recipients = (typeof RECIPIENTS)[number];

/** What becomes of a step whose time is past. */
export const IF_PAST = ['skip', 'continue', 'stop'] as const;
export type IfPast = (typeof IF_PAST)[number];

/** What may become of a message, or be done about it. */
export const REPORTS = ['delivered', 'read', 'opened', 'clicked', 'answered'] as const;
export type ReportKind = (typeof REPORTS)[number];

export class ConditionBody implements Condition {
  @Text({
    max: 200,
    pattern: new RegExp(`^(${FACTS.join('|')})(\\.[A-Za-z_]\\w*)+$`),
    meaning: `a path that begins with ${FACTS.join(', ')}`,
    example: 'order.attributes.total',
  })
  field: string;

  @OneOf(OPERATORS, { example: 'at_least' })
  is: Operator;

  @ConditionValue({
    required: false,
    description: 'A text, number or boolean; a list of them for `one_of`; none for `present` and `absent`',
    example: 50,
  })
  value?: unknown;
}

export class SendBody {
  @TemplateKeys({
    max: 5,
    description:
      'Keys of templates, each of a channel of its own: the first that the person can be reached by is sent, and the next follows if it does not reach them. The channel that a person prefers comes first. Of a template `key` the one called `key.de` is taken for who reads German',
    example: ['order-confirmation-sms', 'order-confirmation-email'],
  })
  templates: string[];

  @OneOf(CATEGORIES, { required: false, description: 'The templates’ own when absent' })
  category?: Category;

  @Text({ required: false, max: 200, description: 'The messages’ `messageType`; the automation’s key when absent' })
  messageType?: string;

  @Flag({
    required: false,
    default: false,
    description: 'Sent also in the quiet hours of the automation',
  })
  evenQuiet?: boolean;

  @OneOf(MOMENTS, {
    required: false,
    description:
      'When it is of no use any more; when absent, what follows a `waitUntil` for a time before the event is of none from that moment on',
  })
  notAfter?: Moment;
}

export class UntilBody {
  @OneOf(MOMENTS, { example: 'event.startsAt' })
  of: Moment;

  @DurationText({
    required: false,
    of: isSignedDuration,
    meaning: SIGNED_DURATION,
    default: 'PT0S',
    description: 'How long before it (`-PT24H`), or after it. Days are those of the event’s own time zone',
    example: '-PT24H',
  })
  offset?: string;

  @Hour({ required: false, description: 'At this hour of that day, in the event’s own time zone', example: '10:00' })
  at?: string;

  @OneOf(IF_PAST, {
    required: false,
    default: 'skip',
    description:
      'If that time is past by more than `within`: leave out what follows up to the next wait (`skip`), go on, or stop',
  })
  ifPast?: IfPast;

  @DurationText({ required: false, of: isDuration, meaning: DURATION, default: 'PT1H', example: 'PT1H' })
  within?: string;
}

export class BranchBody {
  @NestedList(() => ConditionBody, { min: 1, max: 20, description: 'All must hold' })
  if: ConditionBody[];

  @NestedList(() => StepBody, STEPS)
  do: StepBody[];

  @NestedList(() => StepBody, { ...STEPS, required: false })
  else?: StepBody[];
}

export class ReportBody {
  @DurationText({ of: isDuration, meaning: DURATION, description: 'How long it is waited for', example: 'PT2H' })
  within: string;

  @OneOf(REPORTS, {
    required: false,
    default: 'delivered',
    description:
      'What must have become of the last message, or of one that followed it: `read` is a read receipt, or the key pressed in a call; `opened` and `clicked` are of emails; `answered` is a reply to its number, or that key',
  })
  is?: ReportKind;

  @NestedList(() => StepBody, { ...STEPS, required: false })
  do?: StepBody[];

  @NestedList(() => StepBody, { ...STEPS, required: false, description: 'Where it ended otherwise, or not in time' })
  else?: StepBody[];
}

/** One thing that is done: exactly one of its fields is given. */
export class StepBody {
  @Nested(() => SendBody, { required: false })
  send?: SendBody;

  @DurationText({ required: false, of: isDuration, meaning: DURATION, description: 'Waits so long', example: 'P1D' })
  wait?: string;

  @Nested(() => UntilBody, { required: false, description: 'Waits for a time relative to the event' })
  waitUntil?: UntilBody;

  @Nested(() => BranchBody, { required: false })
  branch?: BranchBody;

  @Nested(() => ReportBody, { required: false, description: 'Waits for what becomes of the last message' })
  report?: ReportBody;

  @OneOf(['stop'], { required: false, description: 'Ends the run' })
  end?: 'stop';
}

export class QuietHoursBody {
  @Hour({ description: 'On the clocks of the recipient, else of the event, else of the tenant', example: '21:00' })
  from: string;

  @Hour({ example: '08:00' })
  to: string;

  @OneOf(['wait', 'drop'], {
    required: false,
    default: 'wait',
    description: 'What becomes of a message in these hours',
  })
  messages?: 'wait' | 'drop';
}

export class DefinitionBody {
  @EventType({ description: 'The event that starts it', example: 'order.confirmed' })
  trigger: string;

  @OneOf(RECIPIENTS, {
    required: false,
    default: 'customer',
    description:
      'Whom it writes to: who ordered, everybody who attends the event, or who is on its waiting list (attendees whose status is `waitlisted`), one after another',
  })
  to?: Recipients;

  @DurationText({
    required: false,
    of: isDuration,
    meaning: DURATION,
    description:
      'Waiting list: how long a person has before the next one is asked, such as PT2H. Templates print `offer.time`',
  })
  offerFor?: string;

  @NestedList(() => ConditionBody, { ...CONDITIONS, description: 'All must hold as it starts' })
  conditions?: ConditionBody[];

  @TextList({
    required: false,
    max: 20,
    of: (type) => typeof type === 'string' && /^[A-Za-z][\w.-]{0,99}$/.test(type),
    meaning: 'a type of event',
    description: 'Events that end it, where they are about the same order, customer, event or attendee',
    example: ['order.cancelled'],
  })
  stopOn?: string[];

  @TextList({
    required: false,
    max: STALE_REASONS.length,
    of: STALE_REASONS,
    description: 'Writes nonetheless, though this is so: a notice of cancellation is about a cancelled event',
  })
  allow?: StaleReason[];

  @Nested(() => QuietHoursBody, { required: false })
  quietHours?: QuietHoursBody;

  @NestedList(() => StepBody, { min: 1, ...STEPS, example: EXAMPLE_STEPS })
  steps: StepBody[];
}
