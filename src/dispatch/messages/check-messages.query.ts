/** What accepting messages would answer, without accepting them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { DomainError } from '../../kernel/index.js';
import { attemptDraft } from './draft-attempt.js';
import { DraftMaker } from './draft-maker.js';

/** A message that could be accepted now. */
export interface AcceptableMessage {
  /** Normalised. */
  readonly to: string;
  readonly venueId: string;
}

export class CheckMessages extends Query<(AcceptableMessage | DomainError)[]> {
  /** `inputs` as of AcceptMessages. */
  constructor(
    readonly tenantId: string,
    readonly inputs: readonly unknown[],
  ) {
    super();
  }
}

@QueryHandler(CheckMessages)
export class CheckMessagesHandler implements IQueryHandler<CheckMessages> {
  constructor(private readonly drafts: DraftMaker) {}

  /** One result per input, in order. */
  async execute({ tenantId, inputs }: CheckMessages): Promise<(AcceptableMessage | DomainError)[]> {
    const draft = this.drafts.batch(tenantId, false);
    const results = await Promise.all(inputs.map((input) => attemptDraft(draft, input)));
    return results.map((result) =>
      result instanceof DomainError ? result : { to: result.recipient, venueId: result.venue_id },
    );
  }
}
