/** Issues a signed document of what a person had decided at an instant, and how that is known. */
import { randomUUID } from 'node:crypto';
import { Command, CommandHandler, QueryBus, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, DocumentSigner, instant, iso, type Principal } from '../../kernel/index.js';
import { ConsentEvent } from '../consent-event.entity.js';
import { ConsentSubjects } from '../consent-subject.js';
import type { ConsentEventView, ConsentView } from '../consent.dto.js';
import { GetConsent } from '../get-consent.query.js';
import { eventView } from '../list-consent-log.query.js';
import type { ConsentProofQuery, ConsentProofView } from './proof.dto.js';

/** Decisions in a document. */
const MOST = 1_000;

export class ProveConsent extends Command<ConsentProofView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly venueId: string,
    readonly address: string,
    readonly query: ConsentProofQuery,
  ) {
    super();
  }
}

@CommandHandler(ProveConsent)
export class ProveConsentHandler implements ICommandHandler<ProveConsent> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly queries: QueryBus,
    private readonly signer: DocumentSigner,
    private readonly audit: Audit,
  ) {}

  /** Of now where no instant is given. Who asked is in the audit log, without the address. Raises VenueNotFound, InvalidAddress and SigningKeyMissing. */
  execute({ caller, tenantId, venueId: venue, address: text, query }: ProveConsent): Promise<ConsentProofView> {
    return this.database.transaction(async () => {
      const at = query.at ?? (await this.now());
      const subject = await this.subjects.find(tenantId, venue, text, query.channel);
      const { venueId, channel, address } = subject;
      const state = await this.queries.execute(new GetConsent(tenantId, venueId, address, { channel, at }));
      const [events, count] = await this.database.em().findAndCount(
        ConsentEvent,
        { ...subject, occurredAt: { $lte: at } },
        { orderBy: { occurredAt: 'desc', status: 'desc', id: 'desc' }, limit: MOST }, // as the newest decision is found
      );
      const history = events.map(eventView);
      const id = randomUUID();
      await this.audit.record(
        caller,
        'consent.prove',
        { venueId, channel, at: iso(at) },
        { kind: 'consent_proof', id, tenantId },
      );
      return this.signer.sign({
        type: 'callboard.consent-proof.v1' as const,
        id,
        tenantId,
        venueId,
        channel,
        address,
        at: iso(at),
        issuedAt: iso(new Date()),
        issuedBy: actorOf(caller),
        state,
        decision: history.find((event) => isInForce(event, state)) ?? null,
        history,
        omitted: count - history.length,
      });
    });
  }

  /** By the clock that decisions are timed by, and after all that there are. */
  private async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: string }>(`select clock_timestamp() + interval '1 ms' as now`);
    return row ? instant(row.now) : new Date();
  }
}

const isInForce = (event: ConsentEventView, { status, source, occurredAt }: ConsentView): boolean =>
  event.status === status && event.source === source && event.occurredAt === occurredAt;
