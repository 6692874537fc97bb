/** Logout tokens, by which the provider says that sessions are over (OpenID Connect Back-Channel Logout 1.0). */
import { Inject, Injectable } from '@nestjs/common';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { at, CONFIG } from '../kernel/index.js';
import { OpenId, SKEW_SECONDS, TIMEOUT_SECONDS } from './open-id.js';
import type { UsersConfig } from './users-config.js';
import { LogoutTokenRefused, SignInUnavailable } from './users.errors.js';

/** One of both at least. */
interface Ended {
  readonly subject: string | undefined;
  readonly session: string | undefined;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** How old one may be: it is sent when it is made. */
const LASTS_SECONDS = 300;

@Injectable()
export class LogoutTokens {
  private known: { readonly uri: string; readonly keys: ReturnType<typeof createRemoteJWKSet> } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: UsersConfig,
    private readonly openId: OpenId,
  ) {}

  /** What a token ends. Raises SignInNotConfigured, SignInUnavailable and LogoutTokenRefused. */
  async read(token: string): Promise<Ended> {
    const { jwks_uri: uri } = await this.openId.metadata();
    if (uri === undefined) throw new LogoutTokenRefused();
    const { sub, sid, nonce, events } = await this.verified(token, uri);
    const session = typeof sid === 'string' ? sid : undefined;
    const isOne = typeof at(events, EVENT) === 'object' && nonce === undefined; // an ID token has a nonce
    if (!isOne || (sub === undefined && session === undefined)) throw new LogoutTokenRefused();
    return { subject: sub, session };
  }

  private async verified(token: string, uri: string): Promise<JWTPayload> {
    const { issuer, clientId } = this.config.openId ?? {};
    try {
      const { payload } = await jwtVerify(token, this.keysAt(uri), {
        ...(issuer !== undefined && { issuer }),
        ...(clientId !== undefined && { audience: clientId }),
        maxTokenAge: LASTS_SECONDS,
        clockTolerance: SKEW_SECONDS,
        requiredClaims: ['iss', 'aud', 'iat', 'jti', 'events'],
      });
      return payload;
    } catch (error) {
      const isDown = error instanceof errors.JWKSTimeout || error instanceof TypeError;
      throw isDown ? new SignInUnavailable() : new LogoutTokenRefused();
    }
  }

  /** Kept, and fetched anew twice a minute at most, for whoever sends what: anybody may. */
  private keysAt(uri: string): ReturnType<typeof createRemoteJWKSet> {
    if (this.known?.uri !== uri)
      this.known = { uri, keys: createRemoteJWKSet(new URL(uri), { timeoutDuration: TIMEOUT_SECONDS * 1_000 }) };
    return this.known.keys;
  }
}
