/** How a campaign's progress is shown until it is finished. */
import type { Screen } from '../../terminal/index.js';
import type { Campaign, Progress } from './campaign-follow.js';

/** Ends of messages that no provider took: a cancelled campaign is not a sent one. */
const NOT_SENT = ['failed', 'skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled'];

/** Shows each change of the campaign, and what came of it. The last of them. */
export async function show(screen: Screen, changes: AsyncIterable<Campaign>): Promise<Campaign | undefined> {
  let last: Campaign | undefined;
  for await (const campaign of changes) {
    if (!last) screen.title(campaign.name, channelsOf(campaign));
    showChange(screen, campaign, last);
    last = campaign;
  }
  if (last) showSum(screen, last.progress);
  return last;
}

export const channelsOf = ({ channels }: Pick<Campaign, 'channels'>): string =>
  channels.map(({ channel, templateKey }) => `${channel}, template ${templateKey}`).join('; ');

function showChange(screen: Screen, { status, statusReason, waitsFor, progress }: Campaign, last?: Campaign): void {
  const why = statusReason ?? waitsFor;
  if (status !== last?.status || why !== (last.statusReason ?? last.waitsFor)) {
    screen.note(why === null ? status : `${status}: ${why}`);
  }
  const { messages, ratePerSecond, finishesAt } = progress;
  if (messages === 0) return;
  const rate = ratePerSecond === null ? '' : `, ${ratePerSecond} a second`;
  const end = finishesAt === null ? '' : `, until ${finishesAt.slice(11, 19)} UTC`;
  const [sent, ...unsent] = fatesOf(progress);
  screen.progress(sent[1], messages, `sent${inWords(unsent)}${rate}${end}`);
}

function showSum(screen: Screen, progress: Progress): void {
  const { audience, excluded, excludedBy, messages, byStatus, byChannel } = progress;
  const [sent, ...unsent] = fatesOf(progress);
  screen.done(
    `${audience} in the audience = ${excluded} left out + ${messages} messages: ${sent[1]} sent${inWords(unsent)}`,
  );
  const channels = Object.entries(byChannel);
  screen.table([
    ...Object.entries(excludedBy),
    ...Object.entries(byStatus),
    ...(channels.length > 1 ? channels.map(([channel, count]) => [`by ${channel}`, count] as const) : []),
  ]);
}

type Fate = readonly [name: string, messages: number];

/** How many were sent, and of those that never will be, how many ended how. */
export function fatesOf({ messages, remaining, byStatus }: Progress): readonly [sent: Fate, ...unsent: Fate[]] {
  const unsent = NOT_SENT.map((status): Fate => [status.replaceAll('_', ' '), byStatus[status] ?? 0]);
  const ended = unsent.reduce((total, [, count]) => total + count, 0);
  return [['sent', messages - remaining - ended], ...unsent.filter(([, count]) => count > 0)];
}

function inWords(fates: readonly Fate[]): string {
  return fates.map(([name, count]) => `, ${count} ${name}`).join('');
}
