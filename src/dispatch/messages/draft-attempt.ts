/** One input of many: a draft of its own, or why not. */
import { DomainError, validated } from '../../kernel/index.js';
import type { MessageDraft } from '../../ledger/index.js';
import type { DraftMaker } from './draft-maker.js';
import { NewMessage } from './messages.dto.js';

/** Unchecked JSON is validated first. Answers a DomainError, and raises everything else. */
export async function attemptDraft(
  draft: ReturnType<DraftMaker['batch']>,
  input: unknown,
): Promise<MessageDraft | DomainError> {
  try {
    return await draft(input instanceof NewMessage ? input : validated(NewMessage, input));
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
