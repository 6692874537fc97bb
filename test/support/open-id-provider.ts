/** A real OpenID provider on this machine, at which people sign in without a word. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import { freePort } from '../../harness/ports.js';
import { OpenIdMemory } from './open-id-memory.js';

/** What the provider says of somebody. */
export type Person = Readonly<Record<string, unknown>>;

const CLIENT = { client_id: 'callboard', client_secret: 'a-secret-of-the-client-for-tests' };

export interface OpenIdProvider {
  readonly issuer: string;
  readonly client: typeof CLIENT;
  /** Who signs in from now on. */
  person(subject: string, claims: Person): void;
  /** A token signed by its keys of now. */
  sign(claims: JWTPayload): Promise<string>;
  /** Signs by other keys from now on. */
  rotateKeys(): void;
  /** Answers nothing but 503 from now on, or as before. */
  fail(isDown: boolean): void;
  close(): Promise<void>;
}

/** Opens one for a service at `home`. */
export async function openIdProvider(home: string): Promise<OpenIdProvider> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const people = new Map<string, Person>();
  let current = '';
  let isDown = false;
  let key = newKey();
  const handlerNow = (): Handler => handlerOf(issuer, configuration(home, people, key), () => current);
  let handle = handlerNow();
  const server = createServer((request, response) => {
    if (isDown) response.writeHead(503).end();
    else void handle(request, response);
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    issuer,
    client: CLIENT,
    person: (subject, claims) => {
      people.set(subject, claims);
      current = subject;
    },
    sign: async (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '' }).sign(await importJWK(key)),
    rotateKeys: () => {
      key = newKey();
      handle = handlerNow();
    },
    fail: (down) => (isDown = down),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function handlerOf(issuer: string, configured: Configuration, who: () => string): Handler {
  const provider = new Provider(issuer, configured);
  const others = provider.callback();
  return async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return others(request, response);
    await provider.interactionFinished(request, response, { login: { accountId: who() } });
  };
}

let keys = 0;

function newKey(): JWK {
  keys += 1;
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return { ...key, kid: `k${keys}`, use: 'sig', alg: 'RS256' };
}

function configuration(home: string, people: ReadonlyMap<string, Person>, key: JWK): Configuration {
  return {
    clients: [
      {
        ...CLIENT,
        redirect_uris: [`${home}/auth/callback`],
        post_logout_redirect_uris: [`${home}/`],
        backchannel_logout_uri: `${home}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    adapter: OpenIdMemory,
    jwks: { keys: [key] },
    cookies: { keys: ['of-tests'] },
    // Its own dispatcher reaches no address of this machine.
    fetch: (url, { method, headers, body } = {}) => fetch(url, { method, headers, body }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: (context, form) => void (context.body = form) },
      backchannelLogout: { enabled: true },
    },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, ...people.get(accountId) }),
    }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async ({ oidc }) => {
      const accountId = oidc.session?.accountId;
      const grant = new oidc.provider.Grant({ clientId: CLIENT.client_id, ...(accountId && { accountId }) });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3_600, Grant: 3_600 },
  };
}
