/** Leads people who follow a counted link to where it goes. */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IdParam, Public } from '../kernel/index.js';
import { ClickBuffer } from './click-buffer.js';
import { LinkDomainCheck, PROOF_HEADER, PROOF_PATH } from './link-domain-check.js';
import { LinkResolver } from './link-resolver.js';
import { isMachineRequest } from './machine-request.js';

/** Each click is to reach us, and no search engine lists the link. */
const HEADERS = { 'cache-control': 'private, no-store', 'x-robots-tag': 'noindex' };
const PAGES = {
  unknown: { status: 404, text: 'This link leads nowhere: it may be incomplete. Open it from the message once more.' },
  expired: { status: 410, text: 'This link is too old, and leads nowhere any more.' },
} as const;

@Public()
@ApiExcludeController()
@Controller('l')
export class RedirectController {
  constructor(
    private readonly links: LinkResolver,
    private readonly clicks: ClickBuffer,
    private readonly domains: LinkDomainCheck,
  ) {}

  /** A person is never kept waiting for the count, which is written afterwards. */
  @Get(':token')
  async follow(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.links.resolve(token, request.hostname);
    if (typeof found === 'string') {
      const { status, text } = PAGES[found];
      void reply.status(status).headers(HEADERS).type('text/plain; charset=utf-8').send(`${text}\n`);
      return;
    }
    const { url, ...link } = found;
    this.clicks.add({ ...link, at: new Date(), byMachine: isMachineRequest(request.method, request.headers) });
    void reply
      .status(302)
      .headers({ ...HEADERS, location: url })
      .send();
  }

  /** Shows whoever verifies a link domain that it leads to us. */
  @Get(`${PROOF_PATH}:id`)
  async prove(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    void reply
      .status(204)
      .headers({ ...HEADERS, [PROOF_HEADER]: await this.domains.proofOf(id) })
      .send();
  }
}
