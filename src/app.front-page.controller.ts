/** Serves the page at `/`. */
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { asHtml, frontPage, prefersJson, SECURITY_POLICY } from './app.front-page.js';
import { Public } from './kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from './providers/index.js';

@Public()
@ApiExcludeController()
@Controller()
export class FrontPageController {
  constructor(@Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig) {}

  @Get()
  show(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): void {
    const page = frontPage(this.config.sandbox);
    const isJson = prefersJson(accept ?? '*/*');
    void reply
      .headers({
        'content-security-policy': SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
        vary: 'accept',
      })
      .type(isJson ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8')
      .send(isJson ? page : asHtml(page));
  }
}
