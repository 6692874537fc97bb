/** Turns the inputs of one request into drafts: of each its own, or why not. */
import { Injectable } from '@nestjs/common';
import { DomainError, inSlices, validated } from '../../kernel/index.js';
import type { MessageDraft } from '../../ledger/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import { MailMaker, requireMail } from '../mail/mail-maker.js';
import { DraftMaker } from './draft-maker.js';
import { HostSubjects } from './host-subjects.js';
import { NewMessage } from './messages.dto.js';

@Injectable()
export class Drafts {
  constructor(
    private readonly maker: DraftMaker,
    private readonly subjects: HostSubjects,
    private readonly mails: MailMaker,
    private readonly templates: TemplateLibrary,
  ) {}

  /** One result per input, in order; unchecked JSON is validated first. `isTest`: all of them are, or none. */
  async of(tenantId: string, inputs: readonly unknown[], isTest: boolean): Promise<(MessageDraft | DomainError)[]> {
    const checked = await inSlices(inputs, (input) => attempt(() => checkedInput(input)));
    const known = await this.subjects.read(
      tenantId,
      checked.flatMap((input) => (input instanceof DomainError ? [] : [input])),
    );
    const draft = this.maker.batch(tenantId, isTest, known);
    return inSlices(checked, (input) =>
      attempt<MessageDraft | DomainError>(() => (input instanceof DomainError ? input : this.withMail(input, draft))),
    );
  }

  /** What an email has beside its text is checked for the provider that it goes to. */
  private async withMail(
    input: NewMessage,
    draft: (input: NewMessage) => Promise<MessageDraft>,
  ): Promise<MessageDraft> {
    requireMail(input, input.channel);
    const made = await draft(input);
    if (made.channel !== 'email') return made;
    const { tenant_id: tenantId, category, template_version_id: versionId } = made;
    const ofTemplate = versionId === null ? [] : (await this.templates.version(versionId)).attachments;
    const mail = await this.mails.make(input, {
      tenantId,
      category,
      provider: made.provider as ProviderName,
      ofTemplate,
    });
    return { ...made, mail };
  }
}

const checkedInput = (input: unknown): NewMessage =>
  input instanceof NewMessage ? input : validated(NewMessage, input);

/** Answers a DomainError, and raises everything else. */
async function attempt<T>(make: () => T | Promise<T>): Promise<T | DomainError> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
