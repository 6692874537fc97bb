/** Posts notices to URLs, signed by the secret of whom they are for. */
import { Injectable } from '@nestjs/common';
import type { Delivery, Verdict } from './delivery.js';
import { NoticeSecrets } from './notice-secrets.js';
import { SignedPosts } from './signed-posts.js';

@Injectable()
export class NoticePosts {
  constructor(
    private readonly posts: SignedPosts,
    private readonly secrets: NoticeSecrets,
  ) {}

  /** Never rejects for what a receiver or the network does. */
  async post(delivery: Delivery): Promise<Verdict> {
    const secrets = await this.secrets.of(delivery.toOperator ? null : delivery.tenantId);
    return this.posts.post({
      url: delivery.address,
      id: delivery.id,
      body: JSON.stringify(bodyOf(delivery)),
      secrets,
    });
  }
}

const bodyOf = ({ kind, createdAt, noticeId, tenantId, payload }: Delivery): object => ({
  type: kind,
  timestamp: createdAt.toISOString(),
  noticeId,
  tenantId,
  data: payload,
});
