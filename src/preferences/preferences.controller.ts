/**
 * What links in messages lead to: `GET` shows a page and changes nothing, since scanners of mail open every link; `POST` leaves marketing
 * with one click (RFC 8058), or saves the page's form. A link is its own permission: there is no key.
 */
import { Controller, Get, Headers, HttpCode, Param, Post, Req, Res, type RawBodyRequest } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PersonLinks, PersonPreferences, type LinkedPerson } from '../consent/index.js';
import { AnyMediaType, Public } from '../kernel/index.js';
import { ChangePreferences, LeaveMarketing } from './change-preferences.command.js';
import { badLinkPage, PAGE_HEADERS, preferencesPage, type Done } from './preferences-page.js';
import { readPreferencesForm } from './preferences-form.js';
import { isLanguage, languageFor, type Language } from './preferences-words.js';
import { visitOf } from './visit.js';

const PAGE = { description: 'A page for people', content: { 'text/html': { schema: { type: 'string' } } } } as const;
const NO_LINK = { ...PAGE, status: 404, description: 'The link is none of ours, or was cut' } as const;
const TOKEN = { name: 'token', description: 'From a message: who it was sent to, sealed' };

@Public()
@ApiTags('Consent')
@Controller('u')
export class PreferencesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly links: PersonLinks,
    private readonly preferences: PersonPreferences,
  ) {}

  @Get(':token')
  @ApiOperation({ summary: 'The page on which a person says what they want to get; changes nothing' })
  @ApiParam(TOKEN)
  @ApiProduces('text/html')
  @ApiResponse({ ...PAGE, status: 200 })
  @ApiResponse(NO_LINK)
  showPreferences(
    @Param('token') token: string,
    @Headers('accept-language') accepted: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(reply, this.links.read(token, 'preferences'), languageFor(accepted));
  }

  @Post(':token')
  @HttpCode(200)
  @AnyMediaType()
  @ApiOperation({
    summary: 'Leave a venue’s marketing with one click (RFC 8058), or save the form of the page',
    description:
      'What mail programs post to the address in List-Unsubscribe. Sent again, it is recorded again and changes nothing.',
  })
  @ApiParam(TOKEN)
  @ApiConsumes('application/x-www-form-urlencoded', 'multipart/form-data')
  @ApiBody({ schema: { type: 'object', properties: { 'List-Unsubscribe': { type: 'string', example: 'One-Click' } } } })
  @ApiProduces('text/html')
  @ApiResponse({ ...PAGE, status: 200 })
  @ApiResponse(NO_LINK)
  async changePreferences(
    @Param('token') token: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { 'accept-language': accepted } = request.headers;
    const person = this.links.read(token, 'preferences');
    const visit = visitOf(request.headers['user-agent']);
    const form = readPreferencesForm(request.rawBody, request.headers['content-type']);
    if (person && form) await this.commands.execute(new ChangePreferences(person, form.wanted, form.language, visit));
    else if (person) await this.commands.execute(new LeaveMarketing(person, visit));
    await this.answer(reply, person, languageFor(accepted), form ? 'saved' : 'left');
  }

  private async answer(
    reply: FastifyReply,
    person: LinkedPerson | undefined,
    accepted: Language,
    done?: Done,
  ): Promise<void> {
    const known = person && (await this.preferences.of(person));
    const chosen = known?.language ?? '';
    void reply
      .status(known ? 200 : 404)
      .headers(PAGE_HEADERS)
      .send(
        known
          ? preferencesPage({
              ...known,
              ...person,
              language: isLanguage(chosen) ? chosen : accepted,
              ...(done && { done }),
            })
          : badLinkPage(accepted),
      );
  }
}
