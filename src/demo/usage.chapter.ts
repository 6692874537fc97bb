/** The month's usage, compared with the ledger's list of messages and with what the sandbox accepted. */
import type { Counts, SandboxMessage, Usage } from './answers.js';
import { CHANNELS, insist, until, type DemoSession } from './session.js';

const SANDBOX_PAGE = 1_000;

export async function showUsage(session: DemoSession): Promise<void> {
  const { screen, api } = session;
  screen.chapter('The month');
  // The campaign's last delivery reports may still be arriving: both sides are reloaded until they agree.
  const { usage, accepted } = await until(
    session.signal,
    'The usage did not agree with what the sandbox took',
    async () => {
      const taken = await api.all<SandboxMessage>('/sandbox/messages', SANDBOX_PAGE);
      const counted = await api.get<Usage>('/api/usage');
      return agree(counted, taken) ? { usage: counted, accepted: taken } : undefined;
    },
  );
  screen.done(`Usage of ${usage.month}, in ${usage.timezone}`);
  const lines = usage.lines.map((line) => [line.channel, line.category, ...numbersOf(line)]);
  const head = ['channel', 'category', 'messages', 'segments', 'delivered', 'failed', 'stopped'];
  screen.table([head, ...lines, ['all', '', ...numbersOf(usage.total)]], { headed: true });

  const once = new Set(accepted.map(({ messageId }) => messageId)).size === accepted.length;
  insist(once, 'The sandbox accepted a message twice.');
  screen.done(
    `The sandbox's own record agrees on both channels: ${accepted.length} messages taken, none of them twice`,
  );
}

const numbersOf = ({ messages, segments, delivered, failed, stopped }: Counts): number[] => [
  messages,
  segments,
  delivered,
  failed,
  stopped,
];

/** Whether both count the same messages, segments and deliveries on every channel. */
function agree({ lines }: Usage, accepted: readonly SandboxMessage[]): boolean {
  return CHANNELS.every((channel) => {
    const taken = accepted.filter((message) => message.channel === channel);
    const counted = lines.filter((line) => line.channel === channel);
    const sum = (count: (line: Counts) => number): number => counted.reduce((total, line) => total + count(line), 0);
    return (
      sum(({ messages }) => messages) === taken.length &&
      sum(({ segments }) => segments) === taken.reduce((total, { segments = 1 }) => total + segments, 0) &&
      sum(({ delivered }) => delivered) === taken.filter(({ status }) => status === 'delivered').length
    );
  });
}
