/** Endpoints and deliveries as they are shown. */
import { iso } from '../kernel/index.js';
import type { ListedDelivery } from './delivery-store.js';
import type { EndpointRow } from './endpoint-store.js';
import type { DeliveryView, EndpointView, ReplayView } from './endpoints.dto.js';
import type { ReplayRow } from './replay-store.js';

export function endpointView({ disabledAt, failingSince, deliveredAt, createdAt, ...row }: EndpointRow): EndpointView {
  const { tenantId: _, events, notifyEmails, ...rest } = row;
  return {
    ...rest,
    events: events && [...events],
    notifyEmails: [...notifyEmails],
    enabled: disabledAt === null,
    disabledAt: iso(disabledAt),
    failingSince: iso(failingSince),
    deliveredAt: iso(deliveredAt),
    createdAt: iso(createdAt),
  };
}

export const deliveryView = ({
  subjectId,
  isTest,
  happenedAt,
  dueAt,
  finishedAt,
  log,
  ...row
}: ListedDelivery): DeliveryView => ({
  ...row,
  messageId: row.type.startsWith('message.') && !isTest ? subjectId : null,
  test: isTest,
  happenedAt: iso(happenedAt),
  log: [...log],
  nextAttemptAt: iso(dueAt),
  finishedAt: iso(finishedAt),
});

export const replayView = ({ id, since, until, reachedAt, events, finishedAt }: ReplayRow): ReplayView => ({
  id,
  from: iso(since),
  until: iso(until),
  reachedAt: iso(reachedAt),
  events,
  finishedAt: iso(finishedAt),
});
