/** The email that staff get of what people wrote: pure. */
import { instant } from '../../kernel/index.js';
import type { ForwardTo } from '../../tenants/index.js';
import type { ForwardedText, ForwardingVenue } from './forward-store.js';

/** Pictures that go with it: each small, and few. The others are in the conversation. */
const LARGEST_BYTES = 1024 * 1024;
const MOST_BYTES = 5 * LARGEST_BYTES;
const MOST_FILES = 10;

interface Words {
  readonly subject: (count: number, venue: string) => string;
  readonly media: (count: number) => string;
  readonly end: string;
}

const WORDS: Readonly<Record<ForwardTo['language'], Words>> = {
  en: {
    subject: (count, venue) => (count === 1 ? `New message to ${venue}` : `${count} new messages to ${venue}`),
    media: (count) => `[Files: ${count}]`,
    end: 'Answers to this email reach nobody: answer in the conversation.',
  },
  de: {
    subject: (count, venue) => (count === 1 ? `Neue Nachricht an ${venue}` : `${count} neue Nachrichten an ${venue}`),
    media: (count) => `[Dateien: ${count}]`,
    end: 'Antworten auf diese E-Mail erreichen niemanden: Antworten Sie in der Unterhaltung.',
  },
};

export interface ForwardLetter {
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly { readonly id: string }[];
}

/** `zone`: the tenant's, in which times are told. */
export function forwardLetter(
  { name, to: { language } }: ForwardingVenue,
  said: readonly ForwardedText[],
  zone: string,
): ForwardLetter {
  const words = WORDS[language];
  const clock = new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' });
  const parts = said.map(({ person, channel, body, media, receivedAt }) => {
    const head = `${person}, ${CHANNELS[channel] ?? channel}, ${clock.format(instant(receivedAt))}`;
    return [head, ...(body === '' ? [] : [body]), ...(media.length > 0 ? [words.media(media.length)] : [])].join('\n');
  });
  return {
    subject: words.subject(said.length, name),
    text: [...parts, words.end].join('\n\n'),
    attachments: attachmentsOf(said),
  };
}

const CHANNELS: Readonly<Record<string, string>> = { sms: 'SMS', mms: 'MMS', whatsapp: 'WhatsApp' };

function attachmentsOf(said: readonly ForwardedText[]): { readonly id: string }[] {
  const files = said
    .flatMap(({ media }) => media)
    .flatMap(({ fileId, bytes }) =>
      fileId !== null && bytes !== null && bytes <= LARGEST_BYTES ? [{ fileId, bytes }] : [],
    );
  let together = 0;
  const fitting = files.filter(({ bytes }) => (together += bytes) <= MOST_BYTES);
  return [...new Set(fitting.map(({ fileId }) => fileId))].slice(0, MOST_FILES).map((id) => ({ id }));
}
