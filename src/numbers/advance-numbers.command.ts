/** Takes the next steps of all numbers that are due. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine } from '../kernel/index.js';
import { NumberSteps } from './number-steps.js';
import { PhoneNumbers } from './phone-numbers.js';

/** In one run; the rest waits for the next. */
const MOST = 50;

export class AdvanceNumbers extends Command<void> {}

@CommandHandler(AdvanceNumbers)
export class AdvanceNumbersHandler implements ICommandHandler<AdvanceNumbers> {
  private readonly logger = new Logger('Numbers');

  constructor(
    private readonly numbers: PhoneNumbers,
    private readonly steps: NumberSteps,
  ) {}

  async execute(): Promise<void> {
    for (let taken = 0; taken < MOST; taken += 1) {
      const number = await this.numbers.takeDue();
      if (!number) return;
      try {
        await this.steps.advance(number);
      } catch (error) {
        // It is due again once its lease has run out.
        this.logger.error(`Number ${number.id} was not advanced: ${errorLine(error)}`);
      }
    }
  }
}
