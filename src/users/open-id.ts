/** The OpenID provider that people sign in at: authorization code with PKCE, state and nonce, by `openid-client`. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { CONFIG, SparingLogger, type ReadyConfig } from '../kernel/index.js';
import type { OpenIdSettings, UsersConfig } from './users-config.js';
import { SignInNotConfigured, SignInRefused, SignInUnavailable } from './users.errors.js';

/** What has to come back as it was given out. */
export interface Secrets {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
}

/** Who somebody is, as the provider says. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Absent unless the provider says that it is theirs. */
  readonly verifiedEmail: string | undefined;
  readonly name: string | undefined;
  /** The values of the claim that roles are given by. */
  readonly groups: readonly string[];
  readonly session: string | undefined;
  readonly idToken: string;
}

type Claims = Readonly<Record<string, unknown>>;

export const CALLBACK_PATH = '/auth/callback';
/** How long what the provider says of itself is believed; its keys are fetched for each sign-in. */
const METADATA_MS = 600_000;
export const TIMEOUT_SECONDS = 5;
/** How far its clock may be from ours. */
export const SKEW_SECONDS = 60;
/** The library's codes for a provider that does not answer, or answers with an error of its own. */
const UNREACHABLE = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_PARSE_ERROR']);

/** Marked as deprecated only to stand out: for a provider on this machine alone. */
const allowInsecureRequests: (provider: client.Configuration) => void = Reflect.get(client, 'allowInsecureRequests');

@Injectable()
export class OpenId {
  private readonly logger = new SparingLogger(new Logger(OpenId.name));
  private known: { readonly metadata: client.ServerMetadata; readonly of: string; readonly until: number } | undefined;

  constructor(@Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'publicUrl'> & UsersConfig) {}

  get isConfigured(): boolean {
    return this.config.openId !== undefined;
  }

  newSecrets(): Secrets {
    return {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
  }

  /** Where the browser is led to sign in. Raises SignInNotConfigured and SignInUnavailable. */
  async startUrl({ state, nonce, verifier }: Secrets): Promise<string> {
    const { scope } = this.settings();
    return this.asking(async (provider) => {
      const challenge = await client.calculatePKCECodeChallenge(verifier);
      const asked = { redirect_uri: this.callbackUrl, scope, state, nonce, code_challenge: challenge };
      return client.buildAuthorizationUrl(provider, { ...asked, code_challenge_method: 'S256' }).href;
    });
  }

  /** Who came back with this query. Raises SignInNotConfigured, SignInUnavailable, and SignInRefused for whatever does not hold. */
  async identityFrom(query: string, { state, nonce, verifier }: Secrets): Promise<Identity> {
    const { issuer, claimed } = this.settings();
    const url = new URL(`${this.callbackUrl}${query}`);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    return this.asking(async (provider) => {
      const tokens = await client.authorizationCodeGrant(provider, url, checks);
      const own = tokens.claims();
      if (!own || tokens.id_token === undefined) throw new SignInRefused();
      const claims = await this.completed(provider, { ...own }, own.sub, tokens.access_token);
      return {
        issuer,
        subject: own.sub,
        verifiedEmail: claims['email_verified'] === true ? textIn(claims['email']) : undefined,
        name: textIn(claims['name']),
        groups: claimed ? textsIn(claims[claimed.claim]) : [],
        session: textIn(claims['sid']),
        idToken: tokens.id_token,
      };
    });
  }

  /** Where the browser is led to sign out there too; undefined if the provider has no such place, or does not answer. */
  async endUrl(idToken: string): Promise<string | undefined> {
    if (!this.isConfigured) return undefined;
    try {
      return await this.asking((provider) => {
        if (provider.serverMetadata().end_session_endpoint === undefined) return Promise.resolve(undefined);
        const asked = { id_token_hint: idToken, post_logout_redirect_uri: `${this.config.publicUrl}/` };
        return Promise.resolve(client.buildEndSessionUrl(provider, asked).href);
      });
    } catch (error) {
      if (error instanceof SignInUnavailable || error instanceof SignInRefused) return undefined; // whoever signs out here is signed out here
      throw error;
    }
  }

  /** What the provider says of itself. Raises SignInNotConfigured and SignInUnavailable. */
  metadata(): Promise<client.ServerMetadata> {
    return this.asking((provider) => Promise.resolve(provider.serverMetadata()));
  }

  private get callbackUrl(): string {
    return `${this.config.publicUrl}${CALLBACK_PATH}`;
  }

  /** Raises SignInNotConfigured. */
  private settings(): OpenIdSettings {
    if (!this.config.openId) throw new SignInNotConfigured();
    return this.config.openId;
  }

  /** Many providers tell only there who somebody is. What the ID token says is signed, and counts. */
  private async completed(
    provider: client.Configuration,
    own: Claims,
    subject: string,
    token: string,
  ): Promise<Claims> {
    const { claimed } = this.settings();
    const wanted = ['email', 'email_verified', 'name', ...(claimed ? [claimed.claim] : [])];
    const isComplete = wanted.every((name) => own[name] !== undefined);
    if (isComplete || provider.serverMetadata().userinfo_endpoint === undefined) return own;
    return { ...(await client.fetchUserInfo(provider, token, subject)), ...own };
  }

  private async asking<T>(work: (provider: client.Configuration) => Promise<T>): Promise<T> {
    try {
      return await work(await this.provider());
    } catch (error) {
      if (error instanceof SignInRefused || error instanceof SignInNotConfigured) throw error;
      const code = codeOf(error);
      this.logger.warn(`The sign-in provider did not do as it should: ${code}`);
      throw error instanceof TypeError || UNREACHABLE.has(code) ? new SignInUnavailable() : new SignInRefused();
    }
  }

  /** With keys that are fetched anew, and the secret of now. */
  private async provider(): Promise<client.Configuration> {
    const settings = this.settings();
    const { issuer, clientId, clientSecret, clientAuth, allowHttp } = settings;
    const auth =
      clientAuth === 'basic' ? client.ClientSecretBasic(clientSecret) : client.ClientSecretPost(clientSecret);
    const terms = { [client.clockTolerance]: SKEW_SECONDS };
    const execute = allowHttp ? [allowInsecureRequests] : [];
    if (!this.known || this.known.of !== issuer || this.known.until < performance.now()) {
      const found = await client.discovery(new URL(issuer), clientId, terms, auth, {
        execute,
        timeout: TIMEOUT_SECONDS,
      });
      this.known = { metadata: { ...found.serverMetadata() }, of: issuer, until: performance.now() + METADATA_MS };
    }
    const provider = new client.Configuration({ ...this.known.metadata }, clientId, terms, auth);
    provider.timeout = TIMEOUT_SECONDS;
    for (const allow of execute) allow(provider);
    client.enableNonRepudiationChecks(provider);
    return provider;
  }
}

/** Never its message, which may quote an answer. */
function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : String(name);
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** A claim holds one value or a list of them. */
const textsIn = (value: unknown): string[] =>
  [value].flat().filter((one): one is string => typeof one === 'string' && one !== '');
