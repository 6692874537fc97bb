/** What people are written when marketing from a sender is paused, or goes on. */
import type { PauseReason, PauseRow } from '../consent/index.js';
import type { Language, Letter } from '../notices/index.js';
import { ratesOf, type HealthLimits } from './sender-health.rules.js';

interface Words {
  readonly locale: string;
  readonly reasons: Readonly<Record<PauseReason, string>>;
  readonly paused: (tenant: string) => string;
  readonly resumed: (tenant: string) => string;
  readonly counts: (counts: {
    sent: string;
    bounces: string;
    complaints: string;
    reason: string;
    limit: string;
  }) => string;
  readonly waits: string;
  readonly todo: (id: string) => string;
  readonly goesOn: string;
  readonly why: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    locale: 'en',
    reasons: { bounces: 'bounces', complaints: 'complaints' },
    paused: (tenant) => `Marketing is paused: ${tenant}`,
    resumed: (tenant) => `Marketing goes on: ${tenant}`,
    counts: ({ sent, bounces, complaints, reason, limit }) =>
      `Of the last ${sent} emails from one of its senders, ${bounces} bounced for good and ${complaints} were reported as spam. The limit for ${reason} is ${limit}; beyond it providers stop whole accounts.`,
    waits: 'Marketing from this sender waits. Tickets and other transactional messages are sent as before.',
    todo: (id) =>
      `Find out where the addresses come from, and take out who did not ask for it. Then resume it: POST /api/sender-pauses/${id}/resume.`,
    goesOn: 'Its rates are at half of their limits or below: marketing from this sender is sent again.',
    why: 'You are told because your address is entered for senders (PUT /api/sender-health/notify), or with the platform.',
  },
  de: {
    locale: 'de',
    reasons: { bounces: 'unzustellbare E-Mails', complaints: 'Beschwerden' },
    paused: (tenant) => `Marketing ist angehalten: ${tenant}`,
    resumed: (tenant) => `Marketing geht weiter: ${tenant}`,
    counts: ({ sent, bounces, complaints, reason, limit }) =>
      `Von den letzten ${sent} E-Mails eines Absenders waren ${bounces} endgültig unzustellbar, und ${complaints} wurden als Spam gemeldet. Die Grenze für ${reason} ist ${limit}; jenseits davon sperren Anbieter ganze Konten.`,
    waits: 'Marketing von diesem Absender wartet. Tickets und andere Transaktionsnachrichten gehen weiter hinaus.',
    todo: (id) =>
      `Finden Sie heraus, woher die Adressen kommen, und nehmen Sie heraus, wer nicht darum gebeten hat. Dann geht es weiter mit POST /api/sender-pauses/${id}/resume.`,
    goesOn:
      'Die Raten liegen wieder bei der Hälfte ihrer Grenzen oder darunter: Marketing von diesem Absender wird wieder gesendet.',
    why: 'Sie erfahren das, weil Ihre Adresse für Absender (PUT /api/sender-health/notify) oder bei der Plattform eingetragen ist.',
  },
};

/** The sender's address is not named: a letter may be forwarded. */
export function pauseLetter(pause: PauseRow, tenant: string, limits: HealthLimits, language: Language): Letter {
  const words = WORDS[language];
  const { reason, id } = pause;
  const count = (number: number): string => new Intl.NumberFormat(words.locale).format(number);
  const percent = (share: number): string =>
    new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 2 }).format(share);
  const limit = reason === 'bounces' ? limits.bounceRate : limits.complaintRate;
  const told = {
    sent: count(pause.sent),
    bounces: count(pause.bounces),
    complaints: count(pause.complaints),
    reason: words.reasons[reason],
    limit: percent(limit),
  };
  return { subject: words.paused(tenant), blocks: [words.counts(told), words.waits, words.todo(id), words.why] };
}

export const resumptionLetter = (tenant: string, language: Language): Letter => ({
  subject: WORDS[language].resumed(tenant),
  blocks: [WORDS[language].goesOn, WORDS[language].why],
});

/** What is posted of a pause. */
export function pausePayload(pause: PauseRow, tenantName: string, limits: HealthLimits): object {
  const { id, channel, reason, sent, bounces, complaints } = pause;
  return {
    pauseId: id,
    tenantName,
    channel,
    reason,
    sent,
    bounces,
    complaints,
    ...ratesOf(pause, limits),
    bounceLimit: limits.bounceRate,
    complaintLimit: limits.complaintRate,
  };
}
