/** What people are written when a budget reaches a share of its month. */
import type { Language, Letter } from '../../notices/index.js';
import { LocaleTexts } from '../statements/locale-texts.js';
import type { BudgetRow } from './budget-store.js';

interface Words {
  readonly subject: (percent: number, tenant: string, month: string) => string;
  readonly used: (tenant: string, used: string, limit: string, month: string, percent: number) => string;
  readonly messages: (count: string) => string;
  /** What happens at 100 percent, by whether the budget is hard and that is reached. */
  readonly soft: string;
  readonly hardAhead: string;
  readonly hardNow: string;
  readonly exempt: (categories: string) => string;
  readonly why: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    subject: (percent, tenant, month) => `Budget at ${percent} %: ${tenant}, ${month}`,
    used: (tenant, used, limit, month, percent) =>
      `${tenant} has used ${used} of ${limit} in ${month}: its budget has reached ${percent} %.`,
    messages: (count) => `${count} messages`,
    soft: 'This budget only warns: nothing waits for it, also beyond 100 %.',
    hardAhead: 'This budget is hard: beyond 100 % messages wait until it is raised, or the next month begins.',
    hardNow:
      'This budget is hard: messages for which it has no room wait until it is raised, or the next month begins.',
    exempt: (categories) => `Messages of these categories never wait: ${categories}.`,
    why: 'You are told because your address is entered with this budget (PUT /api/budgets), or with the platform.',
  },
  de: {
    subject: (percent, tenant, month) => `Budget zu ${percent} % erreicht: ${tenant}, ${month}`,
    used: (tenant, used, limit, month, percent) =>
      `${tenant} hat im ${month} ${used} von ${limit} verbraucht: Das Budget ist zu ${percent} % erreicht.`,
    messages: (count) => `${count} Nachrichten`,
    soft: 'Dieses Budget warnt nur: Nichts wartet seinetwegen, auch nicht jenseits von 100 %.',
    hardAhead:
      'Dieses Budget ist hart: Jenseits von 100 % warten Nachrichten, bis es erhöht wird oder der nächste Monat beginnt.',
    hardNow:
      'Dieses Budget ist hart: Nachrichten, für die es nicht mehr reicht, warten, bis es erhöht wird oder der nächste Monat beginnt.',
    exempt: (categories) => `Nachrichten dieser Kategorien warten nie: ${categories}.`,
    why: 'Sie erfahren das, weil Ihre Adresse bei diesem Budget (PUT /api/budgets) oder bei der Plattform eingetragen ist.',
  },
};

export function budgetLetter(row: BudgetRow, percent: number, language: Language): Letter {
  const [words, texts] = [WORDS[language], new LocaleTexts(language)];
  const { tenant_name: tenant, measure, currency, hard, exempt } = row;
  const month = texts.month(row.month.slice(0, 7));
  const written = (amount: string): string =>
    measure === 'money' ? texts.money(BigInt(amount), currency ?? '') : texts.count(Number(amount));
  const limit = measure === 'money' ? written(row.amount ?? '0') : words.messages(written(row.amount ?? '0'));
  const hardness = percent < 100 ? words.hardAhead : words.hardNow;
  return {
    subject: words.subject(percent, tenant, month),
    blocks: [
      words.used(tenant, written(row.used), limit, month, percent),
      hard ? hardness : words.soft,
      ...(hard && exempt.length > 0 ? [words.exempt(exempt.join(', '))] : []),
      words.why,
    ],
  };
}
