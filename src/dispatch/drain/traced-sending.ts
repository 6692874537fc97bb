/** Sends batches, each in a span of its own where any of its messages is in a trace that is recorded. */
import { Injectable } from '@nestjs/common';
import { Tracing, traceIdOf, type TraceParent } from '../../kernel/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import type { LeasedLane } from '../lanes/leased-lane.js';
import { Sending } from './sending.js';

@Injectable()
export class TracedSending {
  constructor(
    private readonly sending: Sending,
    private readonly tracing: Tracing,
  ) {}

  /**
   * As Sending does. A batch of messages of one trace is part of it; one of several is a trace of its own, which links to them.
   */
  send(lane: LeasedLane, claimed: readonly ClaimedMessage[]): Promise<void> {
    const places = claimed.flatMap(({ trace }) => trace ?? []);
    const [first] = places;
    if (first === undefined) return this.sending.send(lane, claimed);
    const isOneTrace = places.every((place) => traceIdOf(place) === traceIdOf(first));
    const attributes = {
      'callboard.lane_id': lane.row.id,
      'callboard.provider': lane.row.provider,
      'messaging.batch.message_count': claimed.length,
    };
    return this.tracing.run(
      {
        name: 'lane.batch',
        kind: 'consumer',
        ...(isOneTrace && { parent: first }),
        links: linksTo(isOneTrace ? places.filter((place) => place !== first) : places),
        attributes,
        isRecorded: true,
      },
      () => this.sending.send(lane, claimed),
    );
  }
}

/** More would be dropped by whoever receives them. */
const MOST_LINKS = 128;

/** The places, each once. */
const linksTo = (places: readonly TraceParent[]): TraceParent[] => [...new Set(places)].slice(0, MOST_LINKS);
