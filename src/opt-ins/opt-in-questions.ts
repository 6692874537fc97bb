/** The message that asks a person: one of the tenant's templates, or for a text words of our own. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ExemptMessages, PersonLinks, type ConsentSubject } from '../consent/index.js';
import { AcceptMessages } from '../dispatch/index.js';
import { DomainError } from '../kernel/index.js';
import { requiredVariables, TemplateLibrary, type CompiledTemplate } from '../templates/index.js';
import { VenueProfiles } from '../tenants/index.js';
import { askingText } from './opt-in-words.js';
import type { RequestOptInBody } from './opt-ins.dto.js';
import { ConfirmLinkMissing, OptInTemplateRequired } from './opt-ins.errors.js';

const HOUR = 3_600_000;
/** Filled in, whatever the data say. */
const LINK = 'confirm_url';

@Injectable()
export class OptInQuestions {
  constructor(
    private readonly commands: CommandBus,
    private readonly templates: TemplateLibrary,
    private readonly venues: VenueProfiles,
    private readonly links: PersonLinks,
    private readonly exempt: ExemptMessages,
  ) {}

  /**
   * Must run in the transaction that writes the request down. Answers the message's id. Raises ConfirmLinkMissing, OptInTemplateRequired,
   * and what `AcceptMessages` refuses.
   */
  async ask(subject: ConsentSubject, requestId: string, body: RequestOptInBody, hours: number): Promise<string> {
    const { tenantId, venueId, channel, address } = subject;
    const message = {
      channel,
      to: address,
      venueId,
      category: 'transactional',
      messageType: 'opt_in_request',
      reference: `opt-in:${requestId}`,
      expiresAt: new Date(Date.now() + hours * HOUR).toISOString(),
      fallback: [],
      ...(await this.wordsOf(subject, requestId, body)),
    };
    const [accepted] = await this.commands.execute(new AcceptMessages(tenantId, [message]));
    if (accepted === undefined) throw new Error('The one message gets an answer');
    if (accepted instanceof DomainError) throw accepted.relocated((path) => (path === 'to' ? 'address' : path));
    await this.exempt.add(accepted.id, 'opt_in');
    return accepted.id;
  }

  private async wordsOf(subject: ConsentSubject, requestId: string, body: RequestOptInBody): Promise<object> {
    const { tenantId, venueId, channel } = subject;
    const { template, language } = body;
    if (!template) {
      if (channel !== 'sms') throw new OptInTemplateRequired();
      const { name } = await this.venues.of(venueId);
      return { content: { body: askingText(name, language) } };
    }
    if (channel === 'email') {
      const { compiled } = await this.templates.current(tenantId, template.key);
      if (!showsLink(compiled)) throw new ConfirmLinkMissing();
    }
    const data = { ...template.data, [LINK]: await this.links.confirmUrl(subject, requestId) };
    return { template: { language, ...template, data } };
  }
}

const showsLink = ({ translations, ...own }: CompiledTemplate): boolean =>
  requiredVariables({ ...own, translations: [] }).includes(LINK) && translations.every(showsLink);
