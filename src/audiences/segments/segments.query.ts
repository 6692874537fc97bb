/** Reads segments: one, a page, or who is in one. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, lookingUp, pageOf, type Page } from '../../kernel/index.js';
import { AudienceStore } from '../audience-store.js';
import { SegmentStore } from './segment-store.js';
import type { ListSegmentsQuery, PreviewSegmentBody, SegmentPreviewView, SegmentView } from './segments.dto.js';
import { Segments } from './segments.js';

/** Contacts that are shown where nothing is said. */
const SHOWN = 10;
/** Where fewer than one in so many is in a segment, it is quicker to read all than to read in order. */
const RARE = 1_000;

export class GetSegment extends Query<SegmentView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListSegments extends Query<Page<SegmentView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListSegmentsQuery,
  ) {
    super();
  }
}

export class PreviewSegment extends Query<SegmentPreviewView> {
  constructor(
    readonly tenantId: string,
    readonly asked: PreviewSegmentBody,
  ) {
    super();
  }
}

@QueryHandler(GetSegment)
export class GetSegmentHandler implements IQueryHandler<GetSegment> {
  constructor(private readonly store: SegmentStore) {}

  /** Raises SegmentNotFound. */
  execute({ tenantId, id }: GetSegment): Promise<SegmentView> {
    return this.store.get(tenantId, id);
  }
}

@QueryHandler(ListSegments)
export class ListSegmentsHandler implements IQueryHandler<ListSegments> {
  constructor(private readonly store: SegmentStore) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, filter: { audienceId, limit, cursor } }: ListSegments): Promise<Page<SegmentView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.store.page(tenantId, { audienceId, after }, limit + 1);
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (segment) => segment,
    );
  }
}

@QueryHandler(PreviewSegment)
export class PreviewSegmentHandler implements IQueryHandler<PreviewSegment> {
  constructor(
    private readonly audiences: AudienceStore,
    private readonly segments: Segments,
  ) {}

  /** Raises AudienceNotFound, InvalidSegmentRule and VenueNotFound. */
  async execute({ tenantId, asked }: PreviewSegment): Promise<SegmentPreviewView> {
    const { audienceId, show: size = SHOWN } = asked;
    const audience = await lookingUp('audienceId', this.audiences.get(tenantId, audienceId));
    const rule = await this.segments.read(tenantId, asked.rule);
    const counts = await this.segments.count(tenantId, audienceId, rule);
    const isRare = total(counts) * RARE < total(audience.counts);
    const contacts = await this.segments.first({ tenantId, audienceId, rule }, { size, isRare });
    return { counts, contacts };
  }
}

const total = ({ email, phone }: SegmentPreviewView['counts']): number => email + phone;
