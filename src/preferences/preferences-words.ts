/** The words of the pages that people see, by language. A language is one more entry of `WORDS`, in all its words. */
import type { Channel } from '../tenants/index.js';

export interface PageWords {
  /** The language's own name. */
  readonly name: string;
  readonly title: string;
  /** Whom the page is about; `address` is shortened. */
  readonly about: (address: string) => string;
  readonly leave: { readonly question: (channel: string) => string; readonly button: string };
  readonly hasLeft: (channel: string) => string;
  readonly saved: string;
  readonly channels: Readonly<Record<Channel, string>>;
  readonly news: string;
  readonly rest: string;
  /** What happens without the rest. */
  readonly warning: string;
  readonly language: string;
  readonly save: string;
  /** Of the page that confirms a request to be written to. */
  readonly confirm: {
    readonly title: string;
    readonly question: (channel: string) => string;
    readonly button: string;
    readonly ignore: string;
    readonly confirmed: (channel: string) => string;
    readonly expired: string;
    readonly replaced: string;
    readonly withdrawn: string;
  };
  readonly badLink: { readonly title: string; readonly advice: string };
}

const EN: PageWords = {
  name: 'English',
  title: 'What would you like to get?',
  about: (address) => `This is about messages to ${address}.`,
  leave: {
    question: (channel) => `No more news and offers by ${channel}?`,
    button: 'Unsubscribe',
  },
  hasLeft: (channel) => `You are unsubscribed: you will get no more news and offers by ${channel}.`,
  saved: 'Your choice is saved.',
  channels: { email: 'email', sms: 'text message', mms: 'text message', whatsapp: 'WhatsApp', voice: 'phone' },
  news: 'News and offers',
  rest: 'What concerns my orders: tickets, changes, safety',
  warning: 'Without the second, not even a ticket or a cancelled event is told to you in this way.',
  language: 'Language',
  save: 'Save',
  confirm: {
    title: 'Please confirm',
    question: (channel) => `Would you like to get news and offers by ${channel}?`,
    button: 'Yes, I would',
    ignore: 'If you did not ask for them, close this page: without your confirmation you get none.',
    confirmed: (channel) => `Thank you: you get news and offers by ${channel}.`,
    expired: 'This link has expired. Sign up again to get another one.',
    replaced: 'You have been sent a newer link: please open that one.',
    withdrawn: 'You have unsubscribed since this was sent. Sign up again if you want to get news and offers.',
  },
  badLink: {
    title: 'This link does not work',
    advice: 'Open the link in the message itself: it may have been cut when it was copied.',
  },
};

const DE: PageWords = {
  name: 'Deutsch',
  title: 'Was möchten Sie erhalten?',
  about: (address) => `Hier geht es um Nachrichten an ${address}.`,
  leave: {
    question: (channel) => `Keine Neuigkeiten und Angebote mehr per ${channel}?`,
    button: 'Abmelden',
  },
  hasLeft: (channel) => `Sie sind abgemeldet und erhalten keine Neuigkeiten und Angebote mehr per ${channel}.`,
  saved: 'Ihre Auswahl ist gespeichert.',
  channels: { email: 'E-Mail', sms: 'SMS', mms: 'SMS', whatsapp: 'WhatsApp', voice: 'Telefon' },
  news: 'Neuigkeiten und Angebote',
  rest: 'Was meine Bestellungen betrifft: Tickets, Änderungen, Sicherheit',
  warning: 'Ohne das Zweite erfahren Sie auf diesem Weg auch nichts von Tickets oder abgesagten Veranstaltungen.',
  language: 'Sprache',
  save: 'Speichern',
  confirm: {
    title: 'Bitte bestätigen Sie',
    question: (channel) => `Möchten Sie Neuigkeiten und Angebote per ${channel} erhalten?`,
    button: 'Ja, gern',
    ignore: 'Wenn Sie nicht darum gebeten haben, schließen Sie diese Seite: Ohne Ihre Bestätigung erhalten Sie keine.',
    confirmed: (channel) => `Vielen Dank: Sie erhalten Neuigkeiten und Angebote per ${channel}.`,
    expired: 'Dieser Link ist abgelaufen. Melden Sie sich noch einmal an, um einen neuen zu erhalten.',
    replaced: 'Sie haben inzwischen einen neueren Link erhalten: Bitte öffnen Sie diesen.',
    withdrawn: 'Sie haben sich seither abgemeldet. Melden Sie sich neu an, wenn Sie Neuigkeiten und Angebote möchten.',
  },
  badLink: {
    title: 'Dieser Link funktioniert nicht',
    advice: 'Öffnen Sie den Link in der Nachricht selbst: Beim Kopieren ist vielleicht ein Teil verloren gegangen.',
  },
};

export const WORDS = { en: EN, de: DE } as const satisfies Readonly<Record<string, PageWords>>;
export type Language = keyof typeof WORDS;

export const isLanguage = (text: string): text is Language => Object.hasOwn(WORDS, text);

/** The first language of an Accept-Language header that there is, in the reader's order; English if there is none. */
export function languageFor(accepted: string | undefined): Language {
  const wanted = (accepted ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', ...more] = entry.split(';').map((part) => part.trim().toLowerCase());
      const weight = more.find((part) => part.startsWith('q='))?.slice(2);
      return { language: tag.split('-', 1)[0] ?? '', weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return wanted.map(({ language }) => language).find(isLanguage) ?? 'en';
}
