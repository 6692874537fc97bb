/** What a call says, for the provider that makes it. */
import { Injectable } from '@nestjs/common';
import { MessageHistory } from '../../ledger/index.js';
import type { SpeechContent } from '../../providers/index.js';
import { TemplateLibrary } from '../../templates/index.js';
import { makeStored } from './made-message.js';

@Injectable()
export class SpeechContents {
  constructor(
    private readonly history: MessageHistory,
    private readonly templates: TemplateLibrary,
  ) {}

  /** Undefined unless the message is a call through one of these accounts, whose text is still there. */
  async find(messageId: string, accountIds: readonly string[]): Promise<SpeechContent | undefined> {
    const row = await this.history.contentThrough(messageId, accountIds);
    if (!row || (row.data === null && row.content === null)) return undefined;
    const made = await makeStored(row, this.templates, {
      now: row.sent_at === null ? undefined : new Date(row.sent_at),
    });
    return 'content' in made && made.content.kind === 'speech' ? made.content : undefined;
  }
}
