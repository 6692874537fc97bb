/** Sends a campaign's message to some of the tenant's own people, as a test. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AcceptMessages, type Acceptance } from '../../dispatch/index.js';
import { kindOf } from '../../lists/index.js';
import { addressKindOf } from '../../tenants/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import { CampaignExample, type ExampleChoice } from './campaign-example.js';
import { Campaigns } from '../campaigns.js';
import type { CampaignView } from '../campaigns.dto.js';
import { channelsOf } from '../channels/named-channel.js';
import type { ChannelPlan } from '../channels/campaign-channels.js';
import { textsOf, variantsNamed } from '../variants/asked-variants.js';

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
   * One result per address, in order; of several channels, one for each that takes such an address, and of variants one for each. They need no opt-in, since they
   * are the tenant's own people who are named in the call; a STOP, or a suppressed address, stops them as any message. They are
   * marked as tests, billed, and not counted in the campaign. Raises CampaignNotFound, TemplateNotFound, ChannelNotInCampaign,
   * VariantNotInCampaign and what `CampaignExample.of` raises.
   */
  async execute({ tenantId, id, to, choice }: SendTest): Promise<Acceptance[]> {
    const campaign = await this.campaigns.view(tenantId, id);
    const channels = textsOf(
      channelsOf(campaign.channels, choice.channel),
      variantsNamed(campaign.variants, choice.variant),
    );
    const [first, ...others] = channels;
    if (!first) throw new Error('A campaign has a template');
    const steps = to.flatMap((address) => {
      const fitting = channels.filter(({ channel }) => addressKindOf(channel) === kindOf(address));
      return (fitting.length > 0 && others.length > 0 ? fitting : [first]).map((step) => ({ address, ...step }));
    });
    const dataOf = new Map<string, Record<string, unknown>>();
    for (const step of steps) {
      const { templateKey } = step;
      if (!dataOf.has(templateKey)) dataOf.set(templateKey, await this.dataOf(tenantId, campaign, step, choice));
    }
    const messages = steps.map(({ address, channel, templateKey: key, senderId }) => ({
      channel,
      to: address,
      venueId: campaign.venueId,
      template: { key, data: dataOf.get(key) },
      reference: `test of campaign ${id}`,
      ...(channel === 'email' && campaign.attachments.length > 0 && { attachments: campaign.attachments }),
      ...(senderId !== null && { senderId }),
      ...(campaign.category !== null && { category: campaign.category }),
    }));
    return this.commands.execute(new AcceptMessages(tenantId, messages, { isTest: true }));
  }

  /** A contact who is named by an address of the other kind has its data all the same. */
  private async dataOf(
    tenantId: string,
    { audienceId, segmentId, channels }: CampaignView,
    { channel, templateKey }: Pick<ChannelPlan, 'channel' | 'templateKey'>,
    choice: ExampleChoice,
  ): Promise<Record<string, unknown>> {
    const { compiled } = await this.templates.current(tenantId, templateKey);
    const { contact } = choice;
    const named = channels.find((step) => contact !== undefined && addressKindOf(step.channel) === kindOf(contact));
    const asked = { tenantId, audienceId, segmentId, channel: named?.channel ?? channel };
    return (await this.example.of(asked, choice, compiled)).data;
  }
}
