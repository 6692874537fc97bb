/** Routes by which people sign in and out. Those for browsers lead on. */
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Post,
  Query,
  Req,
  Res,
  type RawBodyRequest,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AddressNotAllowed,
  AnyMediaType,
  ApiProblems,
  Audited,
  Caller,
  CONFIG,
  CrossSiteRequest,
  csrfTokenOf,
  KeyExpired,
  Public,
  requireSameOrigin,
  SessionEnded,
  sessionCookieOf,
  setSessionCookie,
  TooManyWrongKeys,
  Unauthorized,
  type Principal,
  type ReadyConfig,
} from '../kernel/index.js';
import { EndSession, EndSessionsAtProvider } from './end-session.command.js';
import { OpenId } from './open-id.js';
import { GetCurrentSession } from './read-sessions.query.js';
import { CurrentSessionView, KeySignInBody, SignedOutView, SignInQuery, SignInWaysView } from './session.dto.js';
import type { Begun } from './sessions.js';
import { SignInAttempts } from './sign-in-attempt.js';
import { SignInAtProvider, SignInWithKey, type Browser } from './sign-in.command.js';
import type { UsersConfig } from './users-config.js';
import {
  BadReturnPath,
  LogoutTokenRefused,
  NotInvited,
  SessionNotFound,
  SignInAmbiguous,
  SignInExpired,
  SignInNotConfigured,
  SignInRefused,
  SignInUnavailable,
  UserDisabled,
} from './users.errors.js';

@ApiTags('Users')
@Controller('auth')
export class SignInController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly openId: OpenId,
    private readonly attempts: SignInAttempts,
    @Inject(CONFIG) private readonly config: ReadyConfig & UsersConfig,
  ) {}

  @Public()
  @Get()
  @ApiOperation({ summary: 'How people may sign in here' })
  @ApiOkResponse({ type: SignInWaysView })
  waysToSignIn(): SignInWaysView {
    return { openId: this.openId.isConfigured, key: true };
  }

  @Public()
  @Get('sign-in')
  @ApiOperation({ summary: 'Sign in at the provider: the browser is led there, and back' })
  @ApiResponse({ status: 302, description: 'To the provider' })
  @ApiProblems(new BadReturnPath(), new SignInNotConfigured(), new SignInUnavailable())
  async signIn(@Query() { returnTo, tenant }: SignInQuery, @Res() reply: FastifyReply): Promise<void> {
    const secrets = this.openId.newSecrets();
    const cookie = this.attempts.keep({ ...secrets, returnTo, ...(tenant !== undefined && { tenantSlug: tenant }) });
    const url = await this.openId.startUrl(secrets);
    await this.lead(reply, url, [cookie]);
  }

  @Public()
  @Get('callback')
  @ApiOperation({
    summary: 'Where the provider leads the browser back to: begins a session',
    description: 'Register `<PUBLIC_URL>/auth/callback` with the provider.',
  })
  @ApiQuery({ name: 'code', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'state', required: false, schema: { type: 'string' } })
  @ApiResponse({
    status: 302,
    description: 'To the path that the sign-in was begun for, with the cookie of the session',
  })
  @ApiProblems(new SignInExpired(), new SignInRefused(), new SignInUnavailable(), new SignInNotConfigured())
  @ApiProblems(new NotInvited(), new UserDisabled(), new SignInAmbiguous())
  async finishSignIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const attempt = this.attempts.read(request.headers.cookie);
    const start = request.url.indexOf('?');
    const query = start < 0 ? '' : request.url.slice(start);
    void reply.header('set-cookie', this.attempts.forget()); // whatever comes of it, it counts once
    const begun = await this.commands.execute(new SignInAtProvider(query, attempt, this.browserOf(request)));
    await this.lead(reply, attempt.returnTo, [this.cookieOf(begun)]);
  }

  @Public()
  @Post('key')
  @ApiOperation({
    summary: 'Sign in with a key',
    description: 'The session may do what the key may, as long as the key works. Its cookie comes with the answer.',
  })
  @ApiCreatedResponse({ type: CurrentSessionView })
  @ApiProblems(new Unauthorized(), new KeyExpired(), new AddressNotAllowed(), new TooManyWrongKeys(300))
  @ApiProblems(new CrossSiteRequest())
  async signInWithKey(
    @Body() { key }: KeySignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CurrentSessionView> {
    requireSameOrigin(request, this.config);
    const begun = await this.commands.execute(new SignInWithKey(key, this.browserOf(request)));
    void reply.header('set-cookie', this.cookieOf(begun)).header('cache-control', 'no-store');
    return {
      ...(await this.queries.execute(new GetCurrentSession(begun.holder))),
      csrfToken: csrfTokenOf(begun.token),
    };
  }

  @Get('session')
  @ApiOperation({ summary: 'Who you are signed in as, what you may do, and the token for changes' })
  @ApiOkResponse({ type: CurrentSessionView })
  @ApiProblems(new SessionNotFound(), new SessionEnded())
  async currentSession(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CurrentSessionView> {
    void reply.header('cache-control', 'no-store');
    const view = await this.queries.execute(new GetCurrentSession(caller));
    return { ...view, csrfToken: csrfTokenOf(sessionCookieOf(request.headers.cookie, this.config) ?? '') };
  }

  @Delete('session')
  @HttpCode(200)
  @Audited({ action: 'session.end' })
  @ApiOperation({
    summary: 'Sign out',
    description: 'Lead the browser to `endSessionUrl` to sign out at the provider too.',
  })
  @ApiOkResponse({ type: SignedOutView })
  @ApiProblems(new SessionNotFound(), new SessionEnded(), new CrossSiteRequest())
  async signOut(@Caller() caller: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<SignedOutView> {
    const signedOut = await this.commands.execute(new EndSession(caller));
    void reply.header('set-cookie', setSessionCookie('', 0, this.config));
    return signedOut;
  }

  @Public()
  @Post('backchannel-logout')
  @HttpCode(200)
  @AnyMediaType()
  @ApiOperation({
    summary: 'For the provider: sessions that are over there end here',
    description: 'OpenID Connect Back-Channel Logout 1.0: register `<PUBLIC_URL>/auth/backchannel-logout`.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ schema: { type: 'object', required: ['logout_token'], properties: { logout_token: { type: 'string' } } } })
  @ApiOkResponse({ description: 'They are over' })
  @ApiProblems(new LogoutTokenRefused(), new SignInNotConfigured(), new SignInUnavailable())
  async endAtProvider(
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store');
    const token = new URLSearchParams(request.rawBody?.toString('utf8')).get('logout_token');
    await this.commands.execute(new EndSessionsAtProvider(token ?? ''));
  }

  private browserOf({ headers, ip }: FastifyRequest): Browser {
    return { formerToken: sessionCookieOf(headers.cookie, this.config), address: ip };
  }

  private cookieOf({ token }: Begun): string {
    return setSessionCookie(token, this.config.sessions.hours * 3_600, this.config);
  }

  private async lead(reply: FastifyReply, to: string, cookies: readonly string[]): Promise<void> {
    const headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
    for (const cookie of cookies) void reply.header('set-cookie', cookie);
    await reply.headers(headers).redirect(to, 302);
  }
}
