/** Records a decision made to the platform about one of its shared numbers, for example by letter or through support. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { iso } from '../../kernel/index.js';
import type { NumberOptOutView, SetNumberOptOutBody } from './number-opt-outs.dto.js';
import { numberSubject } from './number-subject.js';
import { NumberOptOutLog } from './number-opt-out-log.js';

export class SetNumberOptOut extends Command<NumberOptOutView> {
  constructor(
    readonly number: string,
    readonly address: string,
    readonly body: SetNumberOptOutBody,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(SetNumberOptOut)
export class SetNumberOptOutHandler implements ICommandHandler<SetNumberOptOut> {
  constructor(private readonly log: NumberOptOutLog) {}

  /** Returns the resulting state: not the given one, if a newer decision exists. Raises InvalidAddress. */
  async execute({ number, address, body, actor }: SetNumberOptOut): Promise<NumberOptOutView> {
    const { channel, ...decision } = body;
    const subject = numberSubject(number, address, channel);
    const { status, occurredAt } = await this.log.record({ ...subject, ...decision, actor });
    return { ...subject, status, occurredAt: iso(occurredAt) };
  }
}
