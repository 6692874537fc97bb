/** What people are told of SMS pumping. */
import type { AlarmRow, PumpingReason } from '../consent/index.js';
import { iso } from '../kernel/index.js';
import type { Language, Letter } from '../notices/index.js';

interface Words {
  readonly locale: string;
  readonly suspected: (tenant: string) => string;
  readonly ended: (tenant: string) => string;
  readonly counts: (told: { numbers: string; prefix: string; why: string }) => string;
  readonly reasons: Readonly<Record<PumpingReason, string>>;
  readonly blocks: string;
  readonly watches: string;
  readonly cost: (price: string) => string;
  readonly todo: (id: string) => string;
  readonly over: (told: { prefix: string; messages: string; stopped: string }) => string;
  readonly why: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    locale: 'en',
    suspected: (tenant) => `This looks like SMS pumping: ${tenant}`,
    ended: (tenant) => `SMS pumping is over: ${tenant}`,
    counts: ({ numbers, prefix, why }) =>
      `Within minutes, texts or calls went to ${numbers} numbers beginning with ${prefix} that were never written to before: ${why}. Somebody may be filling in a form, to earn with what you pay for.`,
    reasons: {
      adjacent_numbers: 'far more than elsewhere in that country',
      costly_country: 'far more than usual, in a country that is costly',
    },
    blocks: 'Transactional texts and calls to these numbers are stopped for now. Everything else goes on.',
    watches: 'Nothing is stopped: the guard only watches.',
    cost: (price) => `One text to them costs ${price}.`,
    todo: (id) =>
      `Look at the forms that send texts: limit them by address and add a captcha. If these are your guests, POST /api/pumping-alarms/${id}/lift, or allow the range for good with POST /api/allowed-ranges.`,
    over: ({ prefix, messages, stopped }) =>
      `Of ${messages} messages to numbers beginning with ${prefix}, ${stopped} were stopped. They are sent again.`,
    why: 'You are told because your address is entered for the guard (PUT /api/pumping-guard), or with the platform.',
  },
  de: {
    locale: 'de',
    suspected: (tenant) => `Das sieht nach SMS-Pumping aus: ${tenant}`,
    ended: (tenant) => `Das SMS-Pumping ist vorbei: ${tenant}`,
    counts: ({ numbers, prefix, why }) =>
      `Innerhalb von Minuten gingen SMS oder Anrufe an ${numbers} Nummern, die mit ${prefix} beginnen und nie zuvor angeschrieben wurden: ${why}. Womöglich füllt jemand ein Formular aus, um an dem zu verdienen, was Sie bezahlen.`,
    reasons: {
      adjacent_numbers: 'weit mehr als sonst in diesem Land',
      costly_country: 'weit mehr als üblich, in einem teuren Land',
    },
    blocks: 'Transaktionale SMS und Anrufe an diese Nummern sind vorerst gestoppt. Alles andere geht weiter.',
    watches: 'Es wird nichts gestoppt: Der Schutz beobachtet nur.',
    cost: (price) => `Eine SMS dorthin kostet ${price}.`,
    todo: (id) =>
      `Sehen Sie die Formulare an, die SMS auslösen: begrenzen Sie sie je Adresse und fügen Sie ein Captcha hinzu. Sind es Ihre Gäste, dann POST /api/pumping-alarms/${id}/lift, oder erlauben Sie den Bereich dauerhaft mit POST /api/allowed-ranges.`,
    over: ({ prefix, messages, stopped }) =>
      `Von ${messages} Nachrichten an Nummern, die mit ${prefix} beginnen, wurden ${stopped} gestoppt. Es wird wieder an sie gesendet.`,
    why: 'Sie erfahren das, weil Ihre Adresse für den Schutz (PUT /api/pumping-guard) oder bei der Plattform eingetragen ist.',
  },
};

const counted = (number: number, { locale }: Words): string => new Intl.NumberFormat(locale).format(number);

export function suspicionLetter(alarm: AlarmRow, tenant: string, language: Language): Letter {
  const words = WORDS[language];
  const { numbers, prefix, reason, blocks, id, priceMicros, priceCurrency } = alarm;
  const cost =
    priceMicros === null || priceCurrency === null
      ? []
      : [
          words.cost(
            `${new Intl.NumberFormat(words.locale, { maximumFractionDigits: 6 }).format(priceMicros / 1e6)} ${priceCurrency}`,
          ),
        ];
  return {
    subject: words.suspected(tenant),
    blocks: [
      words.counts({ numbers: counted(numbers, words), prefix, why: words.reasons[reason] }),
      ...cost,
      blocks ? words.blocks : words.watches,
      words.todo(id),
      words.why,
    ],
  };
}

export function endLetter({ prefix, messages, stopped }: AlarmRow, tenant: string, language: Language): Letter {
  const words = WORDS[language];
  const told = { prefix, messages: counted(messages, words), stopped: counted(stopped, words) };
  return { subject: words.ended(tenant), blocks: [words.over(told), words.why] };
}

/** What is posted of an alarm: the start of the numbers, and none of them. */
export function alarmPayload(alarm: AlarmRow, tenantName: string): object {
  const { id, prefix, country, reason, blocks, numbers, messages, stopped, usual, priceMicros, priceCurrency } = alarm;
  return {
    alarmId: id,
    tenantName,
    prefix,
    country,
    reason,
    blocks,
    numbers,
    messages,
    stopped,
    usual,
    priceMicros,
    priceCurrency,
    endsAt: iso(alarm.endsAt),
    endedBy: alarm.endedBy,
  };
}
