/** What a call says, as TwiML, and the signed address that Twilio fetches it from. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { ProviderAccount, SpeechContent } from '../provider.port.js';
import type { SpeechRequest, WebhookAccounts, WebhookAnswer, WebhookRequest } from '../provider.webhook.js';
import { messageIdOf } from '../message-tag.js';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { formOf, signersOf } from './twilio.signature.js';

/** The key that acknowledges. */
const ACKNOWLEDGES = '1';
/** How long a person may think before the text is said again. */
const KEY_SECONDS = 5;
/** What makes the SDK refuse a text (6.2.0): characters that XML does not have. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const MAX_LENGTH = 64;

/** The signed address of what a call says. */
export const speechUrl = (base: string, messageId: string, authToken: string): string =>
  `${base}/speech?mid=${messageId}&sig=${signatureOf(messageId, authToken)}`;

/**
 * Verifies Twilio's signature, and our own in the address: a call is heard only by who knows both. Raises MalformedWebhook and
 * UntrustedWebhook.
 */
export async function verifySpeech(request: WebhookRequest, accounts: WebhookAccounts): Promise<SpeechRequest> {
  const signers = await signersOf(request, accounts);
  const form = formOf(request);
  const { searchParams } = new URL(request.url);
  const messageId = messageIdOf(searchParams.get('mid'));
  const providerMessageId = form.get('CallSid') ?? '';
  if (!messageId) throw new MalformedWebhook('mid');
  if (providerMessageId === '' || providerMessageId.length > MAX_LENGTH) throw new MalformedWebhook('CallSid');
  const asked = signers.filter((account) => isSigned(messageId, searchParams.get('sig') ?? '', account));
  if (asked.length === 0) throw new UntrustedWebhook('its address is not one that we gave');
  const key = form.get('Digits')?.slice(0, MAX_LENGTH);
  return {
    messageId,
    providerMessageId,
    accountIds: asked.map(({ id }) => id),
    ...(key ? { key } : {}),
    toMachine: isMachine(form.get('AnsweredBy')),
    url: request.url,
  };
}

/** Who answered is no person. Twilio says `unknown` where it cannot tell. */
export const isMachine = (answeredBy: string | null | undefined): boolean =>
  answeredBy !== null && answeredBy !== undefined && /^(machine|fax)/.test(answeredBy);

/** Whether the key acknowledges what was asked for. */
export const acknowledges = ({ acknowledge }: SpeechContent, { key }: SpeechRequest): boolean =>
  acknowledge !== undefined && key === ACKNOWLEDGES;

/** The text as often as it is to be said; a person is asked for a key after each time. */
export function speak(content: SpeechContent | undefined, request: SpeechRequest): WebhookAnswer {
  const response = new VoiceResponse();
  if (content && acknowledges(content, request)) {
    const { confirmation } = content.acknowledge ?? {};
    if (confirmation !== undefined) response.say(mannerOf(content), clean(confirmation));
  } else if (content) {
    for (let time = 0; time < content.repeat; time += 1) sayOnce(response, content, request);
  }
  response.hangup();
  return { status: 200, type: 'text/xml', body: response.toString() };
}

function sayOnce(response: VoiceResponse, content: SpeechContent, { url, toMachine }: SpeechRequest): void {
  const { acknowledge, text, pauseSeconds } = content;
  const place =
    acknowledge && !toMachine
      ? response.gather({ input: ['dtmf'], numDigits: 1, timeout: KEY_SECONDS, action: url, method: 'POST' })
      : response;
  place.say(mannerOf(content), clean(text));
  if (pauseSeconds > 0) place.pause({ length: pauseSeconds });
  if (acknowledge && !toMachine) place.say(mannerOf(content), clean(acknowledge.prompt));
}

/** The SDK lists the languages and voices it knows: Twilio has others. */
type Manner = VoiceResponse.SayAttributes;

const mannerOf = ({ language, voice }: SpeechContent): Manner => ({
  language: language as Manner['language'],
  ...(voice === undefined ? {} : { voice: voice as Manner['voice'] }),
});

const clean = (text: string): string => text.toWellFormed().replace(NOT_XML, ' ');

const signatureOf = (messageId: string, authToken: string): string =>
  createHmac('sha256', authToken).update(`speech ${messageId}`).digest('hex').slice(0, 32);

function isSigned(messageId: string, signature: string, { credentials }: ProviderAccount): boolean {
  const authToken = credentials['authToken'];
  if (!authToken) return false;
  const [expected, given] = [Buffer.from(signatureOf(messageId, authToken)), Buffer.from(signature)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
