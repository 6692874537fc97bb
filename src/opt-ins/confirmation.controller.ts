/**
 * The page that a confirmation leads to: `GET` shows it and confirms nothing, since scanners of mail open every link; `POST` confirms. A
 * link is its own permission: there is no key.
 */
import { Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiConsumes, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PersonLinks } from '../consent/index.js';
import { AnyMediaType, Public } from '../kernel/index.js';
import { badLinkPage, languageFor, PAGE_HEADERS, visitOf } from '../preferences/index.js';
import { VenueProfiles } from '../tenants/index.js';
import { ConfirmOptIn } from './confirm-opt-in.command.js';
import { confirmationPage } from './confirmation-page.js';
import { OptInRequests } from './opt-in-requests.js';

const PAGE = { description: 'A page for people', content: { 'text/html': { schema: { type: 'string' } } } } as const;
const NO_LINK = { ...PAGE, status: 404, description: 'The link is none of ours, or was cut' } as const;
const TOKEN = { name: 'token', description: 'From a message: who is asked, sealed' };

@Public()
@ApiTags('Consent')
@Controller('u/confirm')
export class ConfirmationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly links: PersonLinks,
    private readonly requests: OptInRequests,
    private readonly venues: VenueProfiles,
  ) {}

  @Get(':token')
  @ApiOperation({ summary: 'The page on which a person confirms that they want to be written to; changes nothing' })
  @ApiParam(TOKEN)
  @ApiProduces('text/html')
  @ApiResponse({ ...PAGE, status: 200 })
  @ApiResponse(NO_LINK)
  showConfirmation(
    @Param('token') token: string,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(reply, this.requestIn(token), accepted);
  }

  @Post(':token')
  @HttpCode(200)
  @AnyMediaType()
  @ApiOperation({
    summary: 'Confirm that one wants to be written to',
    description: 'Sent again, it changes nothing. The page says so where it came too late.',
  })
  @ApiParam(TOKEN)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiProduces('text/html')
  @ApiResponse({ ...PAGE, status: 200 })
  @ApiResponse(NO_LINK)
  async confirm(
    @Param('token') token: string,
    @Headers('accept-language') accepted: string | undefined,
    @Headers('user-agent') userAgent: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const requestId = this.requestIn(token);
    if (requestId !== undefined)
      await this.commands.execute(new ConfirmOptIn(requestId, { by: 'link', ...visitOf(userAgent) }));
    await this.answer(reply, requestId, accepted);
  }

  private requestIn(token: string): string | undefined {
    return this.links.read(token, 'opt-in')?.subjectId;
  }

  private async answer(
    reply: FastifyReply,
    requestId: string | undefined,
    accepted: string | undefined,
  ): Promise<void> {
    const language = languageFor(accepted);
    const request = requestId === undefined ? undefined : await this.requests.find(requestId);
    const venue = request && (await this.venues.of(request.venueId));
    void reply
      .status(request ? 200 : 404)
      .headers(PAGE_HEADERS)
      .send(
        request && venue ? confirmationPage({ ...request, language, venueName: venue.name }) : badLinkPage(language),
      );
  }
}
