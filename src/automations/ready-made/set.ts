/** The automations that an event platform needs on its first day. */
import type { DefinitionBody, StepBody } from '../rules/definition.dto.js';
import { TEXTS, type ReadyText, type TextName } from './texts.js';

export interface ReadyMade {
  readonly key: string;
  readonly name: string;
  readonly definition: DefinitionBody;
  /** Whose templates it sends. */
  readonly texts: readonly TextName[];
}

const NIGHT = { from: '21:00', to: '08:00' } as const;

/** Text messages before emails. */
const send = (name: TextName, more: object = {}): StepBody => {
  const text: ReadyText = TEXTS[name];
  return {
    send: { templates: [...(text.sms ? [`${name}-sms`] : []), ...(text.email ? [`${name}-email`] : [])], ...more },
  };
};
const before = (offset: string): StepBody => ({ waitUntil: { of: 'event.startsAt', offset: `-${offset}` } });

export const READY_MADE: readonly ReadyMade[] = [
  {
    key: 'order-confirmation',
    name: 'Order confirmation',
    texts: ['order-confirmation'],
    definition: { trigger: 'order.confirmed', steps: [send('order-confirmation')] },
  },
  {
    key: 'registration-confirmation',
    name: 'Registration confirmation',
    texts: ['registration-confirmation'],
    definition: { trigger: 'registration.confirmed', steps: [send('registration-confirmation')] },
  },
  {
    key: 'event-reminders',
    name: 'Reminders a day and two hours before',
    texts: ['reminder'],
    definition: {
      trigger: 'registration.confirmed',
      stopOn: ['registration.cancelled', 'order.cancelled', 'event.cancelled'],
      quietHours: { ...NIGHT, messages: 'drop' },
      steps: [before('PT24H'), send('reminder'), before('PT2H'), send('reminder', { evenQuiet: true })],
    },
  },
  {
    key: 'event-reminder',
    name: 'A reminder whenever the platform asks for one',
    texts: ['reminder'],
    definition: {
      trigger: 'event.reminder',
      to: 'attendees',
      steps: [send('reminder', { notAfter: 'event.startsAt' })],
    },
  },
  {
    key: 'waitlist-offer',
    name: 'Waiting list: one after another',
    texts: ['waitlist-offer'],
    definition: {
      trigger: 'waitlist.opened',
      to: 'waitlist',
      offerFor: 'PT4H',
      stopOn: ['event.cancelled'],
      steps: [send('waitlist-offer')],
    },
  },
  {
    key: 'attendance-update',
    name: 'Attendance updated',
    texts: ['attendance-update'],
    definition: { trigger: 'attendance.updated', allow: ['attendee_cancelled'], steps: [send('attendance-update')] },
  },
  {
    key: 'event-rescheduled',
    name: 'Event has a new time',
    texts: ['event-rescheduled'],
    definition: { trigger: 'event.rescheduled', to: 'attendees', steps: [send('event-rescheduled')] },
  },
  {
    key: 'event-cancelled',
    name: 'Event is cancelled',
    texts: ['event-cancelled'],
    definition: {
      trigger: 'event.cancelled',
      to: 'attendees',
      allow: ['event_cancelled'],
      steps: [send('event-cancelled')],
    },
  },
  {
    key: 'emergency-alert',
    name: 'Emergency: to everybody who attends',
    texts: ['emergency-alert'],
    definition: {
      trigger: 'emergency.alert',
      to: 'attendees',
      allow: ['event_cancelled'],
      conditions: [{ field: 'data.text', is: 'present' }],
      steps: [send('emergency-alert')],
    },
  },
  {
    key: 'feedback-request',
    name: 'Feedback on the day after',
    texts: ['feedback-request'],
    definition: {
      trigger: 'registration.confirmed',
      stopOn: ['registration.cancelled', 'order.cancelled', 'event.cancelled'],
      steps: [
        { waitUntil: { of: 'event.startsAt', offset: 'P1D', at: '11:00', within: 'P1D' } },
        send('feedback-request'),
      ],
    },
  },
];

export const READY_KEYS = READY_MADE.map(({ key }) => key);
