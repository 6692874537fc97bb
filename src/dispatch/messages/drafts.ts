/** Turns the inputs of one request into drafts: of each its own, or why not. */
import { Injectable } from '@nestjs/common';
import { DomainError, validated } from '../../kernel/index.js';
import type { MessageDraft } from '../../ledger/index.js';
import { DraftMaker } from './draft-maker.js';
import { HostSubjects } from './host-subjects.js';
import { NewMessage } from './messages.dto.js';

@Injectable()
export class Drafts {
  constructor(
    private readonly maker: DraftMaker,
    private readonly subjects: HostSubjects,
  ) {}

  /** One result per input, in order; unchecked JSON is validated first. `isTest`: all of them are, or none. */
  async of(tenantId: string, inputs: readonly unknown[], isTest: boolean): Promise<(MessageDraft | DomainError)[]> {
    const checked = await Promise.all(inputs.map((input) => attempt(() => checkedInput(input))));
    const known = await this.subjects.read(
      tenantId,
      checked.flatMap((input) => (input instanceof DomainError ? [] : [input])),
    );
    const draft = this.maker.batch(tenantId, isTest, known);
    return Promise.all(
      checked.map((input) =>
        attempt<MessageDraft | DomainError>(() => (input instanceof DomainError ? input : draft(input))),
      ),
    );
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
