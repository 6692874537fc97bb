/** Whose data a campaign's test or preview is made with. */
import { Injectable } from '@nestjs/common';
import { Contacts } from '../../audiences/index.js';
import { lookingUp } from '../../kernel/index.js';
import { requiredVariables, type CompiledTemplate } from '../../templates/index.js';
import { SenderDirectory, addressKindOf, type Channel } from '../../tenants/index.js';
import { NoExampleContact } from '../campaigns.errors.js';
import { neededBy } from '../needed-variables.js';

/** A contact of the audience, or data of one's own; without either, somebody of the audience. */
export interface ExampleChoice {
  readonly contact?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  /** Of several channels, this one. */
  readonly channel?: Channel | undefined;
}

export interface Example {
  /** Null for data of one's own. */
  readonly contact: string | null;
  readonly data: Record<string, unknown>;
}

interface Asked {
  readonly tenantId: string;
  readonly audienceId: string;
  readonly channel: Channel;
}

@Injectable()
export class CampaignExample {
  constructor(
    private readonly contacts: Contacts,
    private readonly directory: SenderDirectory,
  ) {}

  /**
   * Of somebody, if nobody is named: the first contact whose data suffice, else the first. Raises InvalidAddress,
   * ContactNotFound, and NoExampleContact if the audience is empty and the template needs data.
   */
  async of(
    { tenantId, audienceId, channel }: Asked,
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
    const [somebody = (await this.contacts.first(audienceId, kind, 1))[0]] = await this.contacts.first(
      audienceId,
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
