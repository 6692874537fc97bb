/** What accepting messages would answer, without accepting them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { DomainError } from '../../kernel/index.js';
import { Drafts } from './drafts.js';

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
  constructor(private readonly drafts: Drafts) {}

  /** One result per input, in order. */
  async execute({ tenantId, inputs }: CheckMessages): Promise<(AcceptableMessage | DomainError)[]> {
    const results = await this.drafts.of(tenantId, inputs, false);
    return results.map((result) =>
      result instanceof DomainError ? result : { to: result.recipient, venueId: result.venue_id },
    );
  }
}
