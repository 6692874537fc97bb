/** `npm run watch -- <campaign>`: shows a campaign's progress in the terminal until it is finished. */
import { Screen } from '../terminal/index.js';
import { follow, type Watched } from './follow.js';

const USAGE = `Usage: CALLBOARD_API_KEY=cb_… npm run watch -- <campaign id> [http://127.0.0.1:3000]
The key needs the scope campaigns:read.`;

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
      if (!last) screen.title(campaign.name, `${campaign.channel}, template ${campaign.templateKey}`);
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
  const { messages, remaining, ratePerSecond, finishesAt } = progress;
  if (messages === 0) return;
  const rate = ratePerSecond === null ? '' : `, ${ratePerSecond} a second`;
  const end = finishesAt === null ? '' : `, until ${finishesAt.slice(11, 19)} UTC`;
  screen.progress(messages - remaining, messages, `sent${rate}${end}`);
}

function sum({ progress: { audience, excluded, excludedBy, messages, byStatus } }: Watched): void {
  screen.done(`${audience} in the audience = ${excluded} left out + ${messages} messages`);
  screen.table([...Object.entries(excludedBy), ...Object.entries(byStatus)]);
}
