/** Calls somebody, or one person after another. */
import { Command, CommandHandler, QueryBus, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError } from '../kernel/index.js';
import { CheckMessages, type AcceptableMessage } from '../dispatch/index.js';
import { TemplateLibrary } from '../templates/index.js';
import type { EscalationView, StartCallBody } from './calls.dto.js';
import { EscalationSteps } from './escalation-steps.js';
import { EscalationViews } from './escalation.view.js';
import { Escalations } from './escalations.js';
import { fieldOf, planOf } from './step-message.js';

export class StartCall extends Command<EscalationView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly body: StartCallBody,
  ) {
    super();
  }
}

@CommandHandler(StartCall)
export class StartCallHandler implements ICommandHandler<StartCall> {
  constructor(
    private readonly queries: QueryBus,
    private readonly templates: TemplateLibrary,
    private readonly escalations: Escalations,
    private readonly steps: EscalationSteps,
    private readonly views: EscalationViews,
  ) {}

  /**
   * Every step is checked before the first is made, so that nobody finds out in the night that the third number is none. Must run
   * in a transaction. Raises CalleeRequired, ContentRequired, and whatever accepting one of its messages would.
   */
  async execute({ tenantId, actor, body }: StartCall): Promise<EscalationView> {
    const plan = planOf(body);
    const checked = await this.checked(tenantId, body, plan);
    const [first] = checked;
    if (!first) throw new Error('a plan has a step');
    const row = await this.escalations.insert({
      ...plan,
      tenantId,
      venueId: first.venueId,
      steps: plan.steps.map((step, place) => ({ ...step, to: checked[place]?.to ?? step.to })),
      untilAcknowledged: body.untilAcknowledged ?? (await this.asksForKey(tenantId, body)),
      reference: body.reference ?? null,
      createdBy: actor,
    });
    await this.steps.advance(row);
    return this.views.one(row);
  }

  private async checked(
    tenantId: string,
    body: StartCallBody,
    { steps, messages }: ReturnType<typeof planOf>,
  ): Promise<AcceptableMessage[]> {
    const inputs = steps.map(({ to, channel }) => ({ ...messages[channel], venueId: body.venueId, channel, to }));
    const results = await this.queries.execute(new CheckMessages(tenantId, inputs));
    return results.map((result, place) => {
      if (!(result instanceof DomainError)) return result;
      throw result.relocated(fieldOf(body, place, steps[place]?.channel ?? 'voice'));
    });
  }

  private async asksForKey(tenantId: string, { voiceTemplate, content }: StartCallBody): Promise<boolean> {
    if (!voiceTemplate) return content?.speech?.acknowledge !== undefined;
    const { compiled } = await this.templates.current(tenantId, voiceTemplate.key);
    return compiled.speech?.acknowledge !== undefined;
  }
}
