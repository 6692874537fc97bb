/** `npm run watch -- <campaign>`: shows a campaign's progress in the terminal until it is finished. */
import { Screen } from '../terminal/index.js';
import { follow, type Watched } from './follow.js';

const USAGE = `Usage: CALLBOARD_API_KEY=cb_… npm run watch -- <campaign id> [http://127.0.0.1:3000]
The key needs the scope campaigns:read.`;

/** Ends of messages that no provider took: a cancelled campaign is not a sent one. */
const NOT_SENT = ['failed', 'skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled'];

const screen = new Screen(process.stdout);
process.stdout.on('error', () => process.exit(0)); // the reader has gone
process.exitCode = await run(process.argv.slice(3).filter((argument) => argument !== '--'));

/** The exit code: 0 if the campaign finished, 1 if it could not be followed, 2 if no campaign was given. */
async function run([id, url = 'http://127.0.0.1:3000']: readonly string[]): Promise<number> {
  const key = process.env['CALLBOARD_API_KEY'];
  if (id === undefined || key === undefined) {
    screen.say(USAGE);
    return 2;
  }
  try {
    let last: Watched | undefined;
    for await (const campaign of follow({ url, key, id })) {
      if (!last)
        screen.title(
          campaign.name,
          campaign.channels.map(({ channel, templateKey }) => `${channel}, template ${templateKey}`).join('; '),
        );
      show(campaign, last);
      last = campaign;
    }
    if (last) sum(last);
    return 0;
  } catch (error) {
    screen.failure('Watching', error instanceof Error ? error.message : 'The reason is not known.');
    return 1;
  }
}

function show({ status, statusReason, progress }: Watched, last: Watched | undefined): void {
  if (status !== last?.status) screen.note(statusReason === null ? status : `${status}: ${statusReason}`);
  const { messages, ratePerSecond, finishesAt } = progress;
  if (messages === 0) return;
  const rate = ratePerSecond === null ? '' : `, ${ratePerSecond} a second`;
  const end = finishesAt === null ? '' : `, until ${finishesAt.slice(11, 19)} UTC`;
  const [sent, ...unsent] = fatesOf(progress);
  screen.progress(sent[1], messages, `sent${inWords(unsent)}${rate}${end}`);
}

function sum({ progress }: Watched): void {
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
function fatesOf({ messages, remaining, byStatus }: Watched['progress']): readonly [sent: Fate, ...unsent: Fate[]] {
  const unsent = NOT_SENT.map((status): Fate => [status.replaceAll('_', ' '), byStatus[status] ?? 0]);
  const ended = unsent.reduce((total, [, count]) => total + count, 0);
  return [['sent', messages - remaining - ended], ...unsent.filter(([, count]) => count > 0)];
}

function inWords(fates: readonly Fate[]): string {
  return fates.map(([name, count]) => `, ${count} ${name}`).join('');
}
