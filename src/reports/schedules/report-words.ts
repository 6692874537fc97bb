/** The words of reports as people read them, by language. */
import type { Language } from '../../notices/index.js';
import type { ReportName } from '../report.js';

export interface ReportWords {
  readonly reports: Readonly<Record<ReportName, string>>;
  readonly about: (tenant: string, period: string, timezone: string) => string;
  readonly nothing: string;
  readonly total: string;
  /** Where there are more lines than the email has. */
  readonly more: (count: string) => string;
  readonly csv: (path: string) => string;
  readonly asOf: (moment: string) => string;
  readonly why: string;
  /** Of keys and figures, by their paths in a line. */
  readonly columns: Readonly<Record<string, string>>;
}

const PERCENTILES = [50, 90, 95, 99];
const percentiles = (path: string, label: string): Record<string, string> =>
  Object.fromEntries(PERCENTILES.map((percent) => [`${path}.p${percent}Ms`, `${label}, ${percent} %`]));

const EN: ReportWords = {
  reports: {
    delivery: 'Delivery',
    engagement: 'Engagement',
    cost: 'Charges',
    failures: 'Failures',
    latency: 'Latency',
  },
  about: (tenant, period, timezone) => `${tenant}, ${period}, in the time zone ${timezone}.`,
  nothing: 'There is nothing to report.',
  total: 'In all:',
  more: (count) => `${count} more lines are not shown here.`,
  csv: (path) => `All lines as CSV: GET ${path}`,
  asOf: (moment) => `Figures as of ${moment}.`,
  why: 'You get this because your address is entered with a scheduled report (GET /api/report-schedules).',
  columns: {
    day: 'Day',
    month: 'Month',
    venueName: 'Venue',
    campaignName: 'Campaign',
    templateKey: 'Template',
    channel: 'Channel',
    category: 'Category',
    type: 'Type',
    direction: 'Direction',
    provider: 'Provider',
    country: 'Country',
    kind: 'End',
    reason: 'Reason',
    code: 'Code',
    messages: 'Messages',
    segments: 'Segments',
    delivered: 'Delivered',
    failed: 'Failed',
    stopped: 'Stopped',
    received: 'Received',
    deliveryRate: 'Delivery rate',
    failureRate: 'Failure rate',
    opened: 'Opened',
    clicked: 'Clicked',
    answered: 'Answered',
    openRate: 'Open rate',
    clickRate: 'Click rate',
    clickToOpenRate: 'Clicks of opened',
    answerRate: 'Answer rate',
    read: 'Read',
    unsubscribed: 'Unsubscribed',
    unsubscribeRate: 'Unsubscribe rate',
    machineOpened: 'Opened by machines',
    machineClicked: 'Clicked by machines',
    'charge.micros': 'Charge',
    'charge.perDeliveredMicros': 'Charge per delivered',
    withoutCharge: 'Without a charge',
    'toProvider.messages': 'Sent',
    ...percentiles('toProvider', 'To the provider'),
    'toDelivery.messages': 'Delivered',
    ...percentiles('toDelivery', 'To the person'),
  },
};

const DE: ReportWords = {
  reports: {
    delivery: 'Zustellung',
    engagement: 'Reaktionen',
    cost: 'Kosten',
    failures: 'Fehler',
    latency: 'Laufzeiten',
  },
  about: (tenant, period, timezone) => `${tenant}, ${period}, in der Zeitzone ${timezone}.`,
  nothing: 'Es gibt nichts zu berichten.',
  total: 'Insgesamt:',
  more: (count) => `${count} weitere Zeilen sind hier nicht aufgeführt.`,
  csv: (path) => `Alle Zeilen als CSV: GET ${path}`,
  asOf: (moment) => `Stand: ${moment}.`,
  why: 'Sie erhalten das, weil Ihre Adresse bei einem regelmäßigen Bericht eingetragen ist (GET /api/report-schedules).',
  columns: {
    day: 'Tag',
    month: 'Monat',
    venueName: 'Haus',
    campaignName: 'Kampagne',
    templateKey: 'Vorlage',
    channel: 'Kanal',
    category: 'Kategorie',
    type: 'Art',
    direction: 'Richtung',
    provider: 'Anbieter',
    country: 'Land',
    kind: 'Ende',
    reason: 'Grund',
    code: 'Code',
    messages: 'Nachrichten',
    segments: 'Segmente',
    delivered: 'Zugestellt',
    failed: 'Fehlgeschlagen',
    stopped: 'Zurückgehalten',
    received: 'Empfangen',
    deliveryRate: 'Zustellrate',
    failureRate: 'Fehlerrate',
    opened: 'Geöffnet',
    clicked: 'Geklickt',
    answered: 'Beantwortet',
    openRate: 'Öffnungsrate',
    clickRate: 'Klickrate',
    clickToOpenRate: 'Klicks je Öffnung',
    answerRate: 'Antwortrate',
    read: 'Gelesen',
    unsubscribed: 'Abgemeldet',
    unsubscribeRate: 'Abmelderate',
    machineOpened: 'Geöffnet von Maschinen',
    machineClicked: 'Geklickt von Maschinen',
    'charge.micros': 'Betrag',
    'charge.perDeliveredMicros': 'Betrag je Zustellung',
    withoutCharge: 'Ohne Betrag',
    'toProvider.messages': 'Gesendet',
    ...percentiles('toProvider', 'Zum Anbieter'),
    'toDelivery.messages': 'Zugestellt',
    ...percentiles('toDelivery', 'Zum Empfänger'),
  },
};

export const REPORT_WORDS: Readonly<Record<Language, ReportWords>> = { en: EN, de: DE };
