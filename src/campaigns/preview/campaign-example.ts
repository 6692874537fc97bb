/** Whose data a campaign's test or preview is made with. */
import { Injectable } from '@nestjs/common';
import { Contacts } from '../../audiences/index.js';
import { lookingUp } from '../../kernel/index.js';
import { requiredVariables, type CompiledTemplate } from '../../templates/index.js';
import { SenderDirectory, addressKindOf, type Channel } from '../../tenants/index.js';
import { Selections } from '../selection/selections.js';
import type { CampaignView } from '../campaigns.dto.js';
import { NoExampleContact } from '../campaigns.errors.js';
import { RecipientHours } from '../hours/recipient-hours.js';
import { neededBy } from '../needed-variables.js';

/** A contact of the audience, or data of one's own; without either, somebody of the audience. */
export interface ExampleChoice {
  readonly contact?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  /** Of several channels, this one. */
  readonly channel?: Channel | undefined;
  /** Of several variants, the one with this template. */
  readonly variant?: string | undefined;
}

export interface Example {
  /** Null for data of one's own. */
  readonly contact: string | null;
  readonly data: Record<string, unknown>;
}

interface Asked {
  readonly tenantId: string;
  readonly audienceId: string;
  readonly segmentId: string | null;
  readonly channel: Channel;
}

@Injectable()
export class CampaignExample {
  constructor(
    private readonly contacts: Contacts,
    private readonly directory: SenderDirectory,
    private readonly selections: Selections,
    private readonly hours: RecipientHours,
  ) {}

  /** Why a launch now would not ask the person with this address at all, or not again so soon; null if it would. */
  leftOut(tenantId: string, campaign: CampaignView, address: string): Promise<string | null> {
    return this.selections.leftOut(tenantId, campaign, address);
  }

  /** When that person would get it, started as it is scheduled; null unless that is by their own clock. */
  async goesAt(tenantId: string, campaign: CampaignView, { contact, data }: Example): Promise<string | null> {
    return contact === null ? null : this.hours.at(tenantId, campaign, contact, data);
  }

  /**
   * Of somebody, if nobody is named: the first contact whose data suffice, else the first. Raises InvalidAddress,
   * ContactNotFound, and NoExampleContact if the audience is empty and the template needs data.
   */
  async of(
    { tenantId, audienceId, segmentId, channel }: Asked,
    choice: ExampleChoice,
    template: CompiledTemplate,
  ): Promise<Example> {
    if (choice.data) return { contact: null, data: choice.data };
    const kind = addressKindOf(channel);
    if (choice.contact !== undefined) {
      const { country } = await this.directory.tenant(tenantId);
      const found = await lookingUp('contact', this.contacts.find(audienceId, kind, choice.contact, country));
      return { contact: found.address, data: found.attributes };
    }
    const selection = await this.selections.now(tenantId, { audienceId, segmentId, frequencyCapDays: null });
    const [somebody = (await this.contacts.first(selection, kind, 1))[0]] = await this.contacts.first(
      selection,
      kind,
      1,
      neededBy(template),
    );
    if (somebody) return { contact: somebody.address, data: somebody.attributes };
    const needed = requiredVariables(template);
    if (needed.length > 0) throw new NoExampleContact(needed);
    return { contact: null, data: {} };
  }
}
