/** Switches an automation on or off. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { viewOf } from './automation.view.js';
import { Automations } from './automations.js';
import type { AutomationView } from './automations.dto.js';

export class SwitchAutomation extends Command<AutomationView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly enabled: boolean,
  ) {
    super();
  }
}

@CommandHandler(SwitchAutomation)
export class SwitchAutomationHandler implements ICommandHandler<SwitchAutomation> {
  constructor(private readonly automations: Automations) {}

  /** Must run in a transaction. Raises AutomationNotFound. */
  async execute({ tenantId, id, enabled }: SwitchAutomation): Promise<AutomationView> {
    return viewOf(await this.automations.enable(tenantId, id, enabled));
  }
}
