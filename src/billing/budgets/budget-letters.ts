/** What people are written when a budget has reached a share. */
import type { Language, Letter } from '../../notices/index.js';
import { LocaleTexts } from '../statements/locale-texts.js';
import type { BudgetRow } from './budget-store.js';

/** What a budget is of. */
interface Period {
  readonly name: string;
  /** The same within a sentence. */
  readonly within: string;
  /** What else than a change lets messages go on. */
  readonly end: string;
}

interface Words {
  readonly month: (month: string) => Period;
  readonly campaign: (id: string) => Period;
  readonly subject: (percent: number, tenant: string, period: Period) => string;
  readonly used: (tenant: string, used: string, limit: string, period: Period, percent: number) => string;
  readonly messages: (count: string) => string;
  /** What happens at 100 percent, by whether the budget is hard and that is reached. */
  readonly soft: string;
  readonly hardAhead: (period: Period) => string;
  readonly hardNow: (period: Period) => string;
  readonly exempt: (categories: string) => string;
  readonly why: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    month: (month) => ({ name: month, within: `in ${month}`, end: ', or the next month begins' }),
    campaign: (id) => ({ name: `campaign ${id}`, within: `in the campaign ${id}`, end: '' }),
    subject: (percent, tenant, { name }) => `Budget at ${percent} %: ${tenant}, ${name}`,
    used: (tenant, used, limit, { within }, percent) =>
      `${tenant} has used ${used} of ${limit} ${within}: its budget has reached ${percent} %.`,
    messages: (count) => `${count} messages`,
    soft: 'This budget only warns: nothing waits for it, also beyond 100 %.',
    hardAhead: ({ end }) => `This budget is hard: beyond 100 % messages wait until it is raised${end}.`,
    hardNow: ({ end }) => `This budget is hard: messages for which it has no room wait until it is raised${end}.`,
    exempt: (categories) => `Messages of these categories never wait: ${categories}.`,
    why: 'You are told because your address is entered with this budget (PUT /api/budgets), or with the platform.',
  },
  de: {
    month: (month) => ({ name: month, within: `im ${month}`, end: ' oder der nächste Monat beginnt' }),
    campaign: (id) => ({ name: `Kampagne ${id}`, within: `in der Kampagne ${id}`, end: '' }),
    subject: (percent, tenant, { name }) => `Budget zu ${percent} % erreicht: ${tenant}, ${name}`,
    used: (tenant, used, limit, { within }, percent) =>
      `${tenant} hat ${within} ${used} von ${limit} verbraucht: Das Budget ist zu ${percent} % erreicht.`,
    messages: (count) => `${count} Nachrichten`,
    soft: 'Dieses Budget warnt nur: Nichts wartet seinetwegen, auch nicht jenseits von 100 %.',
    hardAhead: ({ end }) => `Dieses Budget ist hart: Jenseits von 100 % warten Nachrichten, bis es erhöht wird${end}.`,
    hardNow: ({ end }) =>
      `Dieses Budget ist hart: Nachrichten, für die es nicht mehr reicht, warten, bis es erhöht wird${end}.`,
    exempt: (categories) => `Nachrichten dieser Kategorien warten nie: ${categories}.`,
    why: 'Sie erfahren das, weil Ihre Adresse bei diesem Budget (PUT /api/budgets) oder bei der Plattform eingetragen ist.',
  },
};

export function budgetLetter(row: BudgetRow, percent: number, language: Language): Letter {
  const [words, texts] = [WORDS[language], new LocaleTexts(language)];
  const { tenant_name: tenant, measure, currency, hard, exempt } = row;
  const period =
    row.campaign_id === null ? words.month(texts.month(row.month.slice(0, 7))) : words.campaign(row.campaign_id);
  const written = (amount: string): string =>
    measure === 'money' ? texts.money(BigInt(amount), currency ?? '') : texts.count(Number(amount));
  const limit = measure === 'money' ? written(row.amount ?? '0') : words.messages(written(row.amount ?? '0'));
  const hardness = (percent < 100 ? words.hardAhead : words.hardNow)(period);
  return {
    subject: words.subject(percent, tenant, period),
    blocks: [
      words.used(tenant, written(row.used), limit, period, percent),
      hard ? hardness : words.soft,
      ...(hard && exempt.length > 0 ? [words.exempt(exempt.join(', '))] : []),
      words.why,
    ],
  };
}
