import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { AdvanceCampaignHandler, CampaignWork } from './advance-campaign.command.js';
import { AudiencesModule } from '../audiences/index.js';
import { BillingModule } from '../billing/index.js';
import { ApprovalNotices } from './approval/approval-notices.js';
import { ApprovalStore } from './approval/approval-store.js';
import { ApprovalsController } from './approval/approvals.controller.js';
import { CampaignApprovals } from './approval/campaign-approvals.js';
import {
  ApproveCampaignHandler,
  DeclineCampaignHandler,
  RequestApprovalHandler,
} from './approval/decide-approvals.command.js';
import { GetApprovalHandler } from './approval/read-approval.query.js';
import { AudienceProbe } from './preview/audience-probe.js';
import { CampaignChannels } from './channels/campaign-channels.js';
import { CampaignChunks } from './campaign-chunks.js';
import { ChannelContents } from './channels/channel-contents.js';
import { CampaignExample } from './preview/campaign-example.js';
import { CampaignLog } from './campaign-log.handler.js';
import { CampaignMetrics } from './campaign-metrics.handler.js';
import { CampaignProcessor } from './campaign.processor.js';
import { CampaignProgress } from './campaign-progress.js';
import { CAMPAIGNS, CampaignQueue } from './campaign.queue.js';
import { CampaignReferences } from './campaign-references.js';
import { CampaignWatch } from './campaign-watch.js';
import { CampaignsController } from './campaigns.controller.js';
import { Campaigns } from './campaigns.js';
import { CampaignsSchedule } from './campaigns.schedule.js';
import { ContactExpansion } from './contact-expansion.js';
import { CreateCampaignHandler, DeleteCampaignHandler, UpdateCampaignHandler } from './edit-campaigns.command.js';
import { ContactsEstimate } from './preview/contacts-estimate.js';
import { DueCampaigns } from './due-campaigns.js';
import { EstimateCampaignHandler } from './preview/estimate-campaign.query.js';
import { AudienceExpansion } from './audience-expansion.js';
import { LaunchParts } from './channels/launch-parts.js';
import { LaunchCampaignHandler } from './launch-campaign.command.js';
import { GetCampaignHandler, ListCampaignsHandler, ListExclusionsHandler } from './read-campaigns.query.js';
import { RecipientHours } from './hours/recipient-hours.js';
import { CampaignTests } from './variants/campaign-tests.js';
import { CampaignVariants } from './variants/campaign-variants.js';
import { DecideWinnerHandler } from './variants/decide-winner.command.js';
import { VariantContents } from './variants/variant-contents.js';
import { Selections } from './selection/selections.js';
import { PeopleExpansion } from './channels/people-expansion.js';
import { PersonChoice } from './channels/person-choice.js';
import { PeopleEstimate } from './preview/people-estimate.js';
import { PreviewCampaignHandler } from './preview/preview-campaign.query.js';
import { SendTestHandler } from './preview/send-test.command.js';
import {
  CancelCampaignHandler,
  PauseCampaignHandler,
  ResumeCampaignHandler,
  ScheduleCampaignHandler,
} from './steer-campaigns.command.js';

const SENDS = [
  ApprovalNotices,
  ApprovalStore,
  ApproveCampaignHandler,
  CampaignApprovals,
  DeclineCampaignHandler,
  GetApprovalHandler,
  RequestApprovalHandler,
  CreateCampaignHandler,
  DeleteCampaignHandler,
  UpdateCampaignHandler,
  AdvanceCampaignHandler,
  LaunchCampaignHandler,
  SendTestHandler,
  PreviewCampaignHandler,
  CampaignExample,
  CancelCampaignHandler,
  PauseCampaignHandler,
  ResumeCampaignHandler,
  ScheduleCampaignHandler,
  EstimateCampaignHandler,
  GetCampaignHandler,
  ListCampaignsHandler,
  ListExclusionsHandler,
  AudienceProbe,
  CampaignChannels,
  CampaignChunks,
  CampaignProgress,
  CampaignQueue,
  CampaignReferences,
  Campaigns,
  CampaignWork,
  CampaignLog,
  CampaignMetrics,
  CampaignProcessor,
  CampaignsSchedule,
  CampaignWatch,
  DueCampaigns,
  AudienceExpansion,
  ContactExpansion,
  LaunchParts,
  ContactsEstimate,
  PeopleEstimate,
  PersonChoice,
  PeopleExpansion,
  Selections,
  RecipientHours,
  CampaignTests,
  ChannelContents,
  CampaignVariants,
  DecideWinnerHandler,
  VariantContents,
];

@Module({
  imports: [
    BullModule.registerQueue({ name: CAMPAIGNS }),
    AudiencesModule,
    BillingModule,
    DispatchModule,
    LedgerModule,
  ],
  controllers: [CampaignsController, ApprovalsController],
  providers: SENDS,
})
export class CampaignsModule {}
