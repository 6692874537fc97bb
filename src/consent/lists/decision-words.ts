/** What lists say for yes and no. */
import { folded } from '../../lists/index.js';
import type { Decision } from '../consent.entity.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(',').map(folded));

const OPTED_IN = words(
  `yes, y, true, t, 1, x, on, ok, opted_in, opted in, opt-in, subscribed, granted, given, consented, accepted, allowed, confirmed, active,
  ja, j, wahr, oui, vrai, sí, verdadero, sì, vero, sim, verdadeiro, joo, kyllä, tak, t, ano, áno, igen, da, taip, jā, jah, да, так, ναι, evet, はい, 是, 예, نعم, כן`,
);
const OPTED_OUT = words(
  `no, n, false, f, 0, off, opted_out, opted out, opt-out, unsubscribed, revoked, withdrawn, denied, declined, refused, rejected, blocked, do not contact,
  nein, falsch, non, faux, falso, não, nao, nee, nej, nei, ei, nie, ne, nem, nu, ні, нет, не, όχι, hayır, いいえ, 否, 아니요, لا, לא`,
);
/** Nobody has decided yet. */
const UNDECIDED = words(
  `unknown, pending, never subscribed, not subscribed, not set, unconfirmed, transactional, none, null, n/a, -`,
);
const TICKED = /^[✓✔☑✅]/u;
const CROSSED = /^[✗✘☒❌]/u;

/** The decision that a cell tells; null if it says that there is none, undefined if it cannot be understood. */
export function readDecision(text: string): Decision | null | undefined {
  const mark = text.trim();
  if (TICKED.test(mark)) return 'opted_in';
  if (CROSSED.test(mark)) return 'opted_out';
  const word = folded(text);
  if (OPTED_OUT.has(word)) return 'opted_out';
  if (OPTED_IN.has(word)) return 'opted_in';
  return UNDECIDED.has(word) ? null : undefined;
}
