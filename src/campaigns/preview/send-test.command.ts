/** Sends a campaign's message to some of the tenant's own people, as a test. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Contacts } from '../audiences/index.js';
import { AcceptMessages, type Acceptance } from '../dispatch/index.js';
import type { Campaign } from './campaign.entity.js';
import { Campaigns } from './campaigns.js';
import { addressKindOf } from '../tenants/index.js';

export class SendTest extends Command<Acceptance[]> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly to: readonly string[],
  ) {
    super();
  }
}

@CommandHandler(SendTest)
export class SendTestHandler implements ICommandHandler<SendTest> {
  constructor(
    private readonly contacts: Contacts,
    private readonly commands: CommandBus,
    private readonly campaigns: Campaigns,
  ) {}

  /**
   * One result per address. Each gets the data of the audience's first contact, and passes the same gate as any message of the
   * campaign's category. They are not counted in the campaign. Raises CampaignNotFound.
   */
  async execute({ tenantId, id, to }: SendTest): Promise<Acceptance[]> {
    const campaign = await this.campaigns.view(tenantId, id);
    const data = await this.exampleData(campaign);
    const { channel, venueId, senderId, templateKey: key, category } = campaign;
    const messages = to.map((address) => ({
      channel,
      to: address,
      venueId,
      template: { key, data },
      reference: `test of campaign ${id}`,
      ...(senderId !== null && { senderId }),
      ...(category !== null && { category }),
    }));
    return this.commands.execute(new AcceptMessages(tenantId, messages));
  }

  private async exampleData({ audienceId, channel }: Pick<Campaign, 'audienceId' | 'channel'>): Promise<object> {
    const [contact] = await this.contacts.first(audienceId, addressKindOf(channel), 1);
    return contact?.attributes ?? {};
  }
}
