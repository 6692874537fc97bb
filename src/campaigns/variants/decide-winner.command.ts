/** Ends a test by hand. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Campaigns } from '../campaigns.js';
import type { CampaignView } from '../campaigns.dto.js';
import { NoTestUnderWay, VariantNotInCampaign } from '../campaigns.errors.js';
import { CampaignTests } from './campaign-tests.js';
import { CampaignVariants } from './campaign-variants.js';

export class DecideWinner extends Command<CampaignView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly actor: string,
    readonly templateKey: string,
  ) {
    super();
  }
}

@CommandHandler(DecideWinner)
export class DecideWinnerHandler implements ICommandHandler<DecideWinner> {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly variants: CampaignVariants,
    private readonly tests: CampaignTests,
  ) {}

  /**
   * The rest goes as soon as the whole test group is in the ledger. Raises CampaignNotFound, CampaignInState, VariantNotInCampaign, and
   * NoTestUnderWay where there is none, or it is decided.
   */
  execute({ tenantId, id, actor, templateKey }: DecideWinner): Promise<CampaignView> {
    return this.campaigns.change(tenantId, id, 'decide', async (campaign) => {
      if (campaign.variantStage !== 'test') throw new NoTestUnderWay();
      const { variants } = await this.variants.of(id);
      const place = variants.findIndex((variant) => variant.templateKey === templateKey) + 1;
      if (place === 0) {
        throw new VariantNotInCampaign(variants.map((variant) => variant.templateKey)).at('templateKey');
      }
      const verdict = { winner: place, reason: 'by_hand', confidencePercent: null } as const;
      if (!(await this.tests.decide(id, verdict, actor))) throw new NoTestUnderWay();
    });
  }
}
