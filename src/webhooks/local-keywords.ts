/**
 * STOP and HELP in the languages of the countries that a text is between. Providers know English words: these they neither block nor
 * answer. There is no START among them: an opt-in is by the words that everybody knows, never by a guess.
 */
import { countryOf } from '../tenants/index.js';

interface Words {
  /** ISO 3166-1 alpha-2. */
  readonly countries: string;
  /** In capitals, without marks on letters: people type with and without them. */
  readonly stop: readonly string[];
  readonly help: readonly string[];
}

const LANGUAGES: readonly Words[] = [
  { countries: 'DE AT CH LI LU', stop: ['STOPP', 'ABMELDEN', 'ABBESTELLEN', 'AUSTRAGEN'], help: ['HILFE'] },
  {
    countries: 'FR BE CH LU MC CA RE GP MQ GF',
    stop: ['ARRET', 'ARRETER', 'ARRETEZ', 'DESABONNER', 'DESINSCRIRE', 'DESINSCRIPTION'],
    help: ['AIDE'],
  },
  {
    countries: 'ES MX AR CO CL PE EC GT CU BO DO HN PY SV NI CR PA UY VE PR US',
    stop: ['BAJA', 'ALTO', 'PARAR', 'DETENER', 'DARMEDEBAJA'],
    help: ['AYUDA'],
  },
  { countries: 'PT BR AO MZ', stop: ['PARAR', 'PARE', 'SAIR', 'DESCADASTRAR'], help: ['AJUDA'] },
  { countries: 'IT CH SM VA', stop: ['FERMA', 'DISISCRIVI', 'DISISCRIVIMI', 'CANCELLAMI'], help: ['AIUTO'] },
  { countries: 'NL BE SR', stop: ['STOPPEN', 'AFMELDEN', 'UITSCHRIJVEN'], help: ['HULP'] },
  { countries: 'PL', stop: ['WYPISZ', 'REZYGNUJE', 'ZATRZYMAJ'], help: ['POMOC'] },
  { countries: 'CZ SK', stop: ['ODHLASIT', 'ODHLASIT SA', 'ZRUSIT'], help: ['POMOC'] },
  { countries: 'SE FI', stop: ['STOPPA', 'AVREGISTRERA', 'AVANMALAN'], help: ['HJALP'] },
  { countries: 'DK', stop: ['AFMELD', 'FRAMELD'], help: ['HJALP', 'HJÆLP'] },
  { countries: 'NO', stop: ['STOPP', 'AVMELD', 'MELD AV'], help: ['HJELP'] },
  { countries: 'FI', stop: ['LOPETA', 'PERU TILAUS'], help: ['APUA'] },
];

/** The keyword that a whole text is, of the countries of these numbers. As with STOP, spaces and punctuation are passed over. */
export function localKeyword(body: string, numbers: readonly string[]): 'stop' | 'help' | undefined {
  const letters = folded(body);
  if (letters === '' || letters.length > LONGEST) return undefined;
  const countries = new Set(numbers.map(countryOf));
  for (const { countries: theirs, stop, help } of LANGUAGES) {
    if (!theirs.split(' ').some((country) => countries.has(country))) continue;
    if (stop.some((word) => folded(word) === letters)) return 'stop';
    if (help.some((word) => folded(word) === letters)) return 'help';
  }
  return undefined;
}

/** A longer text is none, and need not be read. */
const LONGEST = 20;

const folded = (text: string): string =>
  text
    .slice(0, 4 * LONGEST)
    .normalize('NFD')
    .toUpperCase()
    .replace(/[\s\p{P}\p{M}]/gu, '');
