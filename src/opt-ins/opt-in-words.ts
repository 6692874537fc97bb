/** What a text asks in the place of a template, and the words that confirm it, in the languages in which keywords are understood. */

interface Words {
  readonly reply: string;
  readonly ask: (venue: string, reply: string) => string;
}

/** In GSM-7 where the language can be, so that one segment holds a short name. */
const LANGUAGES = {
  en: {
    reply: 'YES',
    ask: (venue, reply) =>
      `${venue}: reply ${reply} to get our news and offers by text. Not you? Ignore this. STOP to end.`,
  },
  de: {
    reply: 'JA',
    ask: (venue, reply) =>
      `${venue}: Antworten Sie ${reply}, um Neuigkeiten und Angebote per SMS zu erhalten. Nicht angefragt? Bitte ignorieren. Ende mit STOPP.`,
  },
  fr: {
    reply: 'OUI',
    ask: (venue, reply) =>
      `${venue} : répondez ${reply} pour recevoir nos actualités et offres par SMS. Pas vous ? Ignorez ce message. STOP pour arrêter.`,
  },
  es: {
    reply: 'SI',
    ask: (venue, reply) =>
      `${venue}: responda ${reply} para recibir novedades y ofertas por SMS. Si no lo ha pedido, ignore este mensaje. BAJA para terminar.`,
  },
  pt: {
    reply: 'SIM',
    ask: (venue, reply) =>
      `${venue}: responda ${reply} para receber novidades e ofertas por SMS. Foi engano? Ignore esta mensagem. SAIR para terminar.`,
  },
  it: {
    reply: 'SI',
    ask: (venue, reply) =>
      `${venue}: rispondi ${reply} per ricevere novità e offerte via SMS. Non sei stato tu? Ignora questo messaggio. FERMA per terminare.`,
  },
  nl: {
    reply: 'JA',
    ask: (venue, reply) =>
      `${venue}: antwoord ${reply} om nieuws en aanbiedingen per sms te ontvangen. Niet aangevraagd? Negeer dit bericht. STOP om te stoppen.`,
  },
  pl: {
    reply: 'TAK',
    ask: (venue, reply) =>
      `${venue}: odpisz ${reply}, aby otrzymywac nowosci i oferty SMS-em. Jesli to nie Ty, zignoruj te wiadomosc. WYPISZ konczy.`,
  },
  cs: {
    reply: 'ANO',
    ask: (venue, reply) =>
      `${venue}: odpovezte ${reply} pro zasilani novinek a nabidek pres SMS. Nezadali jste o to? Zpravu ignorujte. ODHLASIT ukonci.`,
  },
  sv: {
    reply: 'JA',
    ask: (venue, reply) =>
      `${venue}: svara ${reply} för att få nyheter och erbjudanden via sms. Inte du? Bortse från detta. STOPPA för att avsluta.`,
  },
  da: {
    reply: 'JA',
    ask: (venue, reply) =>
      `${venue}: svar ${reply} for at få nyheder og tilbud på sms. Ikke dig? Se bort fra denne besked. AFMELD for at stoppe.`,
  },
  no: {
    reply: 'JA',
    ask: (venue, reply) =>
      `${venue}: svar ${reply} for å få nyheter og tilbud på SMS. Ikke deg? Se bort fra denne meldingen. STOPP for å avslutte.`,
  },
  fi: {
    reply: 'KYLLÄ',
    ask: (venue, reply) =>
      `${venue}: vastaa ${reply}, niin saat uutiset ja tarjoukset tekstiviestillä. Etkö pyytänyt tätä? Jätä viesti huomiotta. LOPETA lopettaa.`,
  },
} as const satisfies Readonly<Record<string, Words>>;

/** The texts' languages, each by its primary subtag. */
export const TEXT_LANGUAGES = Object.keys(LANGUAGES);

const isText = (language: string): language is keyof typeof LANGUAGES => Object.hasOwn(LANGUAGES, language);

/** What a text asks; in English where there is no other, as a tag such as `de-AT` is its language. */
export function askingText(venue: string, tag = 'en'): string {
  const language = tag.split('-', 1)[0]?.toLowerCase() ?? '';
  const { reply, ask } = LANGUAGES[isText(language) ? language : 'en'];
  return ask(venue, reply);
}

/** Whether a whole text says yes. In any of the languages: it answers a question, so nobody says it by chance. */
export const isYes = (text: string): boolean => REPLIES.has(folded(text));

/** A longer text is none, and need not be read. */
const LONGEST = 40;

const folded = (text: string): string =>
  text
    .slice(0, LONGEST)
    .normalize('NFD')
    .toUpperCase()
    .replace(/[\s\p{P}\p{M}]/gu, '');

const REPLIES = new Set(Object.values(LANGUAGES).map(({ reply }) => folded(reply)));
