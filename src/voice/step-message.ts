/** What an escalation sends on each channel, and to whom. */
import { ContentRequired } from '../dispatch/index.js';
import type { StartCallBody } from './calls.dto.js';
import { DEFAULT_RETRY, DEFAULT_WAIT_S } from './calls.dto.js';
import { CalleeRequired } from './calls.errors.js';
import type { RetryPolicy, Step, StepChannel } from './escalation.rules.js';
import type { EscalationRow, NewEscalation, StepMessage } from './escalations.js';

type Plan = Pick<NewEscalation, 'messages' | 'steps' | 'retry'> & { readonly category: NewEscalation['category'] };

/** As the caller wrote it: neither addresses nor texts are checked. Raises CalleeRequired and ContentRequired. */
export function planOf(body: StartCallBody): Plan {
  if ((body.to === undefined) === (body.escalation === undefined)) throw new CalleeRequired();
  const people = body.escalation ?? [{ to: body.to ?? '' }];
  const steps = people.map(({ to, channel = 'voice', waitSeconds = DEFAULT_WAIT_S }): Step => ({
    to,
    channel,
    waitSeconds,
  }));
  const channels = new Set(steps.map(({ channel }) => channel));
  const category = body.category ?? 'emergency';
  const { reference, messageType, metadata } = body;
  const common = { category, reference, messageType, metadata, fallback: [] };
  return {
    steps,
    retry: retryOf(body),
    category,
    messages: {
      ...(channels.has('voice') && { voice: { ...common, ...spokenIn(body) } }),
      ...(channels.has('sms') && { sms: { ...common, ...writtenIn(body) } }),
    },
  };
}

/** The message of one step, for AcceptMessages. */
export const inputOf = (
  { venue_id: venueId, messages }: Pick<EscalationRow, 'venue_id' | 'messages'>,
  { to, channel }: Step,
): StepMessage => ({ ...messages[channel], venueId, channel, to });

/** The caller's own name for a field of a step's message. */
export function fieldOf(body: StartCallBody, place: number, channel: StepChannel): (path: string) => string {
  return (path) => {
    if (path === 'to' || path === 'channel') {
      return body.escalation ? `escalation[${place}].${path}` : path === 'to' ? path : 'voiceTemplate';
    }
    if (/^template\b/.test(path))
      return path.replace('template', channel === 'voice' ? 'voiceTemplate' : 'smsTemplate');
    if (/^content\b/.test(path) && channel === 'sms' && body.smsContent) return path.replace('content', 'smsContent');
    return path;
  };
}

const retryOf = ({ retry }: StartCallBody): RetryPolicy => ({
  attempts: retry?.attempts ?? DEFAULT_RETRY.attempts,
  pauseSeconds: retry?.pauseSeconds ?? DEFAULT_RETRY.pauseSeconds,
});

function spokenIn({ voiceTemplate, content }: StartCallBody): StepMessage {
  if ((voiceTemplate === undefined) === (content === undefined)) {
    throw new ContentRequired('Say what the call says: either `voiceTemplate: { key, data }` or `content`');
  }
  return { template: voiceTemplate, content };
}

function writtenIn({ voiceTemplate, content, smsTemplate, smsContent }: StartCallBody): StepMessage {
  if (smsTemplate && smsContent) {
    throw new ContentRequired('Say what the text says: either `smsTemplate` or `smsContent`', 'smsContent');
  }
  if (smsTemplate)
    return { template: { data: voiceTemplate?.data, language: voiceTemplate?.language, ...smsTemplate } };
  const body = smsContent?.body ?? content?.body;
  if (body === undefined) {
    throw new ContentRequired(
      'Say what the text says: `smsTemplate: { key }` or `smsContent: { body }`',
      'smsTemplate',
    );
  }
  return { content: { body } };
}
