/** Columns that say who consented to what, and when: in a list of decisions, and in a list of people. */
import {
  ADDRESS_COLUMN_NAMES,
  ADDRESS_COLUMNS,
  folded,
  type ListField,
  type ListVocabulary,
} from '../../lists/index.js';

/** The channels that a list may hold decisions on. */
export const DECISION_CHANNELS = ['email', 'sms', 'whatsapp', 'voice'] as const;
export type DecisionChannel = (typeof DECISION_CHANNELS)[number];

const named = (text: string): ReadonlySet<string> => new Set(text.split(',').map(folded));

const STATUS = named(
  `status, consent, consent status, decision, opt-in, opted in, opt in status, optin, subscribed, subscription, subscription status, marketing consent,
  Einwilligung, Zustimmung, consentement, inscrit, abonné, consentimiento, suscrito, consenso, iscritto, consentimento, inscrito, toestemming, samtycke, samtykke, suostumus, zgoda, souhlas`,
);
const TIME = named(
  `occurred at, occurred_at, date, time, timestamp, datetime, consent date, consent time, consent timestamp, consented at, decided at, opt-in date, opt-in time, optin time, confirm time,
  subscribed at, subscription date, unsubscribed at, opt-out date, unsub time, Datum, Zeitpunkt, Uhrzeit, fecha, fecha de consentimiento, data, data consenso, date d'inscription, date de consentement, dato, päivämäärä, дата`,
);
const SOURCE = named(
  `source, consent source, opt-in source, origin, Quelle, Herkunft, origen, origine, fonte, origem, bron, källa, kilde, lähde, źródło, zdroj, источник`,
);
/** What lists call the column of the channel. */
export const CHANNEL_COLUMN = named(
  `channel, consent channel, medium, Kanal, canal, canale, kanaal, kanava, kanał, kanál, канал`,
);

const CATEGORY = named(`category`);

/** What a list of decisions says of each row. `evidence.orderId` is evidence; what else it holds is not read. */
export function decisionVocabulary(told: { readonly status?: unknown; readonly source?: unknown }): ListVocabulary {
  return {
    fields: [
      ...ADDRESS_COLUMNS,
      { name: 'channel', columns: [CHANNEL_COLUMN] },
      { name: 'status', columns: [STATUS] },
      { name: 'category', columns: [CATEGORY] },
      { name: 'source', columns: [SOURCE] },
      { name: 'occurredAt', columns: [TIME] },
    ],
    needed: [
      ADDRESS_COLUMN_NAMES,
      ...(told.status === undefined ? [['status']] : []),
      ...(told.source === undefined ? [['source']] : []),
    ],
    attribute: (name) => (/^evidence\.[^.]/.test(name) ? [name.slice('evidence.'.length)] : undefined),
  };
}

/** Of the people in a list: `email_consent`, and when it was decided in `email_consent_at` or `consent_at`. */
export const CONSENT_COLUMNS: readonly ListField[] = [
  ...DECISION_CHANNELS.flatMap((channel): ListField[] => [
    { name: `${channel}_consent`, columns: [named(exportedAs(channel))] },
    {
      name: `${channel}_consent_at`,
      columns: [
        named(
          `${channel} consent at, ${channel} consent date, ${channel} consent time, ${channel} consent timestamp, ${channel} opt-in date, ${channel} opt-in time`,
        ),
      ],
    },
  ]),
  {
    name: 'consent_at',
    columns: [
      named(
        'consent at, consent date, consent time, consent timestamp, consented at, opt-in date, opt-in time, optin time, confirm time',
      ),
    ],
  },
];

/** Also as shops and newsletter services export it. */
function exportedAs(channel: DecisionChannel): string {
  return `${channel} consent, ${channel} opt-in, ${channel} optin, ${channel} marketing, ${channel} marketing consent, ${channel} marketing status, accepts ${channel}, accepts ${channel} marketing, ${channel} subscribed`;
}
