/** Reports that never come on the channels before them. Pure. */
import type { FieldError } from '../../kernel/index.js';
import { CHANNELS, type Channel } from '../../tenants/index.js';
import type { ReportKind } from './definition.dto.js';
import type { Instruction, SendInstruction } from './program.js';

const EMAIL: readonly Channel[] = ['email'];
const BUT_EMAIL = CHANNELS.filter((channel) => channel !== 'email');

/** On other channels no provider tells of it. */
const COMES_ON: Readonly<Record<ReportKind, readonly Channel[]>> = {
  delivered: CHANNELS,
  read: BUT_EMAIL,
  opened: EMAIL,
  clicked: EMAIL,
  answered: BUT_EMAIL,
};

/** Steps that would wait in vain: whatever was sent last before them, it goes by channels that never tell. */
export function vainReports(
  instructions: readonly Instruction[],
  channelsOf: (send: SendInstruction) => readonly Channel[],
): FieldError[] {
  const last = lastSends(instructions);
  return instructions.flatMap((instruction, place) => {
    if (instruction.op !== 'report') return [];
    const { is, path } = instruction;
    const sentBy = new Set([...(last[place] ?? [])].flatMap(channelsOf));
    if (sentBy.size === 0 || COMES_ON[is].some((channel) => sentBy.has(channel))) return [];
    const message = `waits in vain: ${is} comes on ${COMES_ON[is].join(', ')}, and the message before it goes by ${[...sentBy].join(', ')}`;
    return [{ path: `definition.${path}.is`, message }];
  });
}

/** By place: what may have been sent last when a run comes there. All ways lead forward, so that one pass finds it. */
function lastSends(instructions: readonly Instruction[]): readonly ReadonlySet<SendInstruction>[] {
  const last = instructions.map(() => new Set<SendInstruction>());
  for (const [place, instruction] of instructions.entries()) {
    const sent = instruction.op === 'send' ? [instruction] : [...(last[place] ?? [])];
    for (const next of waysOn(instruction, place)) for (const send of sent) last[next]?.add(send);
  }
  return last;
}

function waysOn(instruction: Instruction, place: number): readonly number[] {
  switch (instruction.op) {
    case 'end':
      return [];
    case 'jump':
      return [instruction.to];
    case 'test':
    case 'report':
      return [place + 1, instruction.otherwise];
    case 'until':
      return [place + 1, instruction.past];
    case 'send':
    case 'wait':
    case 'require':
      return [place + 1];
  }
}
