/** Sends a campaign's message to some of the tenant's own people, as a test. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AcceptMessages, type Acceptance } from '../../dispatch/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import { CampaignExample, type ExampleChoice } from './campaign-example.js';
import { Campaigns } from '../campaigns.js';

export class SendTest extends Command<Acceptance[]> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly to: readonly string[],
    readonly choice: ExampleChoice,
  ) {
    super();
  }
}

@CommandHandler(SendTest)
export class SendTestHandler implements ICommandHandler<SendTest> {
  constructor(
    private readonly commands: CommandBus,
    private readonly campaigns: Campaigns,
    private readonly templates: TemplateLibrary,
    private readonly example: CampaignExample,
  ) {}

  /**
   * One result per address. They need no opt-in, since they are the tenant's own people who are named in the call; a STOP, or a
   * suppressed address, stops them as any message. They are marked as tests, billed, and not counted in the campaign. Raises
   * CampaignNotFound, TemplateNotFound and what `CampaignExample.of` raises.
   */
  async execute({ tenantId, id, to, choice }: SendTest): Promise<Acceptance[]> {
    const campaign = await this.campaigns.view(tenantId, id);
    const { audienceId, channel, venueId, senderId, templateKey: key, category } = campaign;
    const { compiled } = await this.templates.current(tenantId, key);
    const { data } = await this.example.of({ tenantId, audienceId, channel }, choice, compiled);
    const messages = to.map((address) => ({
      channel,
      to: address,
      venueId,
      template: { key, data },
      reference: `test of campaign ${id}`,
      ...(senderId !== null && { senderId }),
      ...(category !== null && { category }),
    }));
    return this.commands.execute(new AcceptMessages(tenantId, messages, { isTest: true }));
  }
}
