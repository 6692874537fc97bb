/** Creates an automation, or replaces what it does. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SenderDirectory } from '../../tenants/index.js';
import { viewOf } from './automation.view.js';
import { Automations } from './automations.js';
import type { AutomationView, CreateAutomationBody, ReplaceAutomationBody } from './automations.dto.js';
import { DefinitionCheck } from './definition-check.js';

export class CreateAutomation extends Command<AutomationView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly body: CreateAutomationBody,
  ) {
    super();
  }
}

export class ReplaceAutomation extends Command<AutomationView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly id: string,
    readonly body: ReplaceAutomationBody,
  ) {
    super();
  }
}

@CommandHandler(CreateAutomation)
export class CreateAutomationHandler implements ICommandHandler<CreateAutomation> {
  constructor(
    private readonly check: DefinitionCheck,
    private readonly senders: SenderDirectory,
    private readonly automations: Automations,
  ) {}

  /** Must run in a transaction. Raises InvalidAutomation, TemplateNotFound, AutomationKeyTaken and VenueNotFound. */
  async execute({ tenantId, actor, body }: CreateAutomation): Promise<AutomationView> {
    const { key, name, enabled = true, definition } = body;
    await this.check.require(tenantId, definition);
    const venueId = body.venueId === undefined ? null : await this.senders.venueOf(tenantId, body.venueId);
    return viewOf(
      await this.automations.insert({ tenantId, venueId, key, name, enabled, definition, createdBy: actor }),
    );
  }
}

@CommandHandler(ReplaceAutomation)
export class ReplaceAutomationHandler implements ICommandHandler<ReplaceAutomation> {
  constructor(
    private readonly check: DefinitionCheck,
    private readonly senders: SenderDirectory,
    private readonly automations: Automations,
  ) {}

  /** Must run in a transaction. Raises AutomationNotFound, InvalidAutomation, TemplateNotFound and VenueNotFound. */
  async execute({ tenantId, actor, id, body }: ReplaceAutomation): Promise<AutomationView> {
    const { name, enabled = true, definition } = body;
    await this.check.require(tenantId, definition);
    const venueId = body.venueId === undefined ? null : await this.senders.venueOf(tenantId, body.venueId);
    return viewOf(
      await this.automations.replace(id, { tenantId, venueId, name, enabled, definition, createdBy: actor }),
    );
  }
}
