/** Notices as they are shown: without the addresses that they went to. */
import { iso } from '../kernel/index.js';
import type { ListedDelivery, ListedNotice } from './notice-store.js';
import type { NoticeDeliveryView, NoticeView } from './notices.dto.js';

export const noticeView = ({ payload, createdAt, deliveries, ...notice }: ListedNotice): NoticeView => ({
  ...notice,
  data: payload,
  createdAt: iso(createdAt),
  deliveries: deliveries.map(deliveryView),
});

const deliveryView = ({ toOperator, dueAt, finishedAt, ...delivery }: ListedDelivery): NoticeDeliveryView => ({
  ...delivery,
  audience: toOperator ? 'operator' : 'tenant',
  nextAttemptAt: iso(dueAt),
  finishedAt: iso(finishedAt),
});
