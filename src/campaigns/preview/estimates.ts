/** What estimates of campaigns share: counts of a sample, scaled up. */
import type { SegmentsView } from '../campaigns.dto.js';
import type { Weighed } from './audience-probe.js';

/** Audiences up to this size are rendered whole; of larger ones a sample of this many contacts: a second or two, and some megabytes. */
export const RENDERED = 10_000;

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Counts of some people, for so many. */
export function scaled(counts: Readonly<Record<string, number>>, some: number, all: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([reason, count]) => [reason, Math.floor((count * all) / some)] as const),
  );
}

/** Groups of several templates, in which each country and encoding is once; the largest first. */
export function joinedSegments(groups: readonly SegmentsView[]): SegmentsView[] {
  const alike = Map.groupBy(groups, ({ country, encoding }) => `${country} ${encoding}`);
  return [...alike.values()]
    .flatMap(([first, ...others]) => (first ? [others.reduce(plus, first)] : []))
    .sort((one, other) => other.segments - one.segments);
}

const plus = (one: SegmentsView, other: SegmentsView): SegmentsView => ({
  ...one,
  messages: one.messages + other.messages,
  segments: one.segments + other.segments,
});

/** By country and encoding, scaled from the rendered sample to all recipients. */
export function segmentsOf(messages: readonly Weighed[], recipients: number): SegmentsView[] {
  const groups = new Map<
    string,
    { country: string | null; encoding: string | null; messages: number; segments: number }
  >();
  for (const { country, encoding = null, segments } of messages) {
    const group = groups.get(`${country} ${encoding}`) ?? { country, encoding, messages: 0, segments: 0 };
    groups.set(`${country} ${encoding}`, {
      ...group,
      messages: group.messages + 1,
      segments: group.segments + segments,
    });
  }
  const scale = messages.length === 0 ? 0 : recipients / messages.length;
  return [...groups.values()]
    .map((group) => ({
      ...group,
      messages: Math.round(group.messages * scale),
      segments: Math.round(group.segments * scale),
    }))
    .sort((one, other) => other.segments - one.segments);
}
