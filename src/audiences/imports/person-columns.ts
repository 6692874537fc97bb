/** Columns that say who a person is, and where they would rather be written to. Both stay attributes. */
import { folded, type GivenField, type ListField } from '../../lists/index.js';
import type { Channel } from '../../tenants/index.js';

const named = (text: string): ReadonlySet<string> => new Set(text.split(',').map(folded));

/** Of one person each: an account or an order may be several people's. */
const CUSTOMER = named(
  `customer id, customer number, customer no, customer nr, client id, client number, member id, member number, membership number, patron id, patron number, person id, contact id,
  guest id, user id, subscriber id, crm id, Kundennummer, Kunden-Nr, Kundennr, Kunden-ID, Mitgliedsnummer, numéro client, numéro de client, n° client, id client, identifiant client,
  número de cliente, nº de cliente, id de cliente, id cliente, numero cliente, codice cliente, código de cliente, klantnummer, klantnr, klant-id, kundnummer, kund-id, kundenummer, kundenr, kunde-id,
  asiakasnumero, numer klienta, id klienta, zákaznické číslo, číslo zákazníka, номер клиента, ид клиента, номер клієнта, müşteri numarası, müşteri no, 顧客番号, 会員番号, 客户编号, 客戶編號, 고객번호`,
);
const PREFERRED = named(
  `preferred channel, channel preference, contact preference, preferred contact, preferred contact method, preferred contact channel, preferred communication channel, communication preference,
  bevorzugter Kanal, bevorzugter Kontaktweg, bevorzugter Kommunikationskanal, Wunschkanal, canal préféré, moyen de contact préféré, canal preferido, medio de contacto preferido,
  canale preferito, forma de contato preferida, voorkeurskanaal, föredragen kanal, foretrukken kanal, suosikkikanava, preferowany kanał, preferovaný kanál`,
);

export const PERSON_COLUMNS: readonly ListField[] = [
  { name: 'customerId', columns: [CUSTOMER], isAttribute: true },
  { name: 'preferredChannel', columns: [PREFERRED], isAttribute: true },
];

/** What stands where nobody’s number is known: people who share it have nothing in common. */
export const PLACEHOLDERS = ['0', '-', 'null', 'none', 'nil', 'undefined', 'unknown', 'n/a', 'guest', 'anonymous'];

/** Characters of a customer’s id that count: as many as a message keeps of it. */
const ID_LENGTH = 200;

const CHANNEL_OF: readonly (readonly [ReadonlySet<string>, Channel])[] = [
  [named(`email, e-mail, mail, e mail, courriel, correo, correo electrónico, e-post, メール`), 'email'],
  [named(`sms, mms, text, texts, text message, txt, mobile`), 'sms'],
  [named(`whatsapp, wa`), 'whatsapp'],
  [named(`voice, call, phone call, phone, telephone, Anruf, Telefon, appel, téléphone, llamada, chiamata`), 'voice'],
];

const textOf = (fields: readonly GivenField[], name: string): string =>
  fields.find(({ field, text }) => field === name && text !== undefined)?.text?.trim() ?? '';

/** The customer whom a row names, as a person’s key; undefined for none. */
export function customerOf(fields: readonly GivenField[]): string | undefined {
  const id = textOf(fields, 'customerId');
  if (id === '' || PLACEHOLDERS.includes(id.toLowerCase())) return undefined;
  return `customer:${id.slice(0, ID_LENGTH)}`;
}

/** The channel, as consent is kept on it, that a row says the person prefers; undefined for none that we know. */
export function preferredChannelOf(fields: readonly GivenField[]): Channel | undefined {
  const said = textOf(fields, 'preferredChannel');
  return said === '' ? undefined : CHANNEL_OF.find(([names]) => names.has(folded(said)))?.[1];
}
