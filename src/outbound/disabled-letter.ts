/** What people are written when an endpoint was disabled. */
import type { Language, Letter } from '../notices/index.js';
import { DAYS_TO_DISABLE } from './endpoint.rules.js';
import type { Disabled } from './endpoint-store.js';

interface Words {
  readonly subject: string;
  readonly why: Readonly<Record<'failing' | 'gone', string>>;
  readonly which: (id: string, description: string | null) => string;
  readonly waiting: (count: number) => string;
  readonly next: (id: string) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: 'A webhook endpoint was disabled',
    why: {
      failing: `It has taken no event for ${DAYS_TO_DISABLE} days.`,
      gone: 'It answered 410: it will take no event any more.',
    },
    which: (id, description) =>
      `Endpoint ${id}${description === null ? '' : ` (${description})`} is told nothing any more.`,
    waiting: (count) => `Events that still wait for it: ${count}. They are given up after a day.`,
    next: (id) =>
      `When it is well again, enable it with PATCH /api/webhook-endpoints/${id}, and have what it missed told again with POST /api/webhook-endpoints/${id}/replay.`,
  },
  de: {
    subject: 'Ein Webhook-Endpunkt wurde abgeschaltet',
    why: {
      failing: `Er hat seit ${DAYS_TO_DISABLE} Tagen kein Ereignis angenommen.`,
      gone: 'Er hat mit 410 geantwortet: Er nimmt kein Ereignis mehr an.',
    },
    which: (id, description) =>
      `Dem Endpunkt ${id}${description === null ? '' : ` (${description})`} wird nichts mehr mitgeteilt.`,
    waiting: (count) => `Ereignisse, die noch auf ihn warten: ${count}. Sie werden nach einem Tag aufgegeben.`,
    next: (id) =>
      `Wenn er wieder läuft, schalten Sie ihn mit PATCH /api/webhook-endpoints/${id} ein, und lassen Sie ihm mit POST /api/webhook-endpoints/${id}/replay mitteilen, was er verpasst hat.`,
  },
};

export function disabledLetter(
  { id, description, disabledReason }: Disabled,
  waiting: number,
  language: Language,
): Letter {
  const words = WORDS[language];
  return {
    subject: words.subject,
    blocks: [
      words.which(id, description),
      words.why[disabledReason === 'gone' ? 'gone' : 'failing'],
      words.waiting(waiting),
      words.next(id),
    ],
  };
}
