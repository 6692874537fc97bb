/** Gives a file to whoever has a link to it. */
import { Controller, Get, Param, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../kernel/index.js';
import { downloaded, shown } from './content-disposition.js';
import { FileLinks } from './file-links.js';
import { FileNotFound } from './files.errors.js';
import { GetFileContent } from './read-files.query.js';

/** It is one person's: no search engine lists it, no cache keeps it, and a page of it does nothing. */
const HEADERS = {
  'cache-control': 'private, no-store',
  'content-security-policy': "default-src 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};
/** A phone opens a pass only where it is no download. */
const PASS = 'application/vnd.apple.pkpass';
const UNKNOWN = {
  status: 404,
  text: 'This link leads nowhere: it may be incomplete. Open it from the message once more.',
};
const EXPIRED = { status: 410, text: 'This link is too old, and leads nowhere any more.' };

@Public()
@ApiExcludeController()
@Controller('f')
export class LinkedFilesController {
  constructor(
    private readonly links: FileLinks,
    private readonly queries: QueryBus,
  ) {}

  @Get(':token')
  async give(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    void reply.headers(HEADERS);
    const linked = this.links.read(token);
    if (!linked) return said(reply, UNKNOWN);
    if (linked.until.getTime() <= Date.now()) return said(reply, EXPIRED);
    try {
      const { file, content } = await this.queries.execute(new GetFileContent(linked.tenantId, linked.id));
      const disposition = file.mediaType === PASS ? shown(file.name) : downloaded(file.name);
      void reply.type(file.mediaType).header('content-disposition', disposition).send(content);
    } catch (error) {
      if (!(error instanceof FileNotFound)) throw error;
      said(reply, UNKNOWN);
    }
  }
}

function said(reply: FastifyReply, { status, text }: typeof UNKNOWN): void {
  void reply.status(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}
