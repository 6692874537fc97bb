/** People sign in at a real OpenID provider, or with a key, and call the API by the cookie of their session. */
import { until } from '../../harness/until.js';
import { Browser } from '../support/browser.js';
import { openIdProvider, type OpenIdProvider } from '../support/open-id-provider.js';
import { openTestApp, testConfig, type TestApp, type Tenant } from '../support/test-app.js';

interface SessionBody {
  readonly id: string;
  readonly actor: string;
  readonly tenantId: string | null;
  readonly user: { readonly id: string; readonly email: string; readonly role: string } | null;
  readonly scopes: string[];
  readonly csrfToken: string;
}

let app: TestApp;
/** Another process of the same deployment. */
let other: TestApp;
let provider: OpenIdProvider;
let tenant: Tenant;
let slug: string;

beforeAll(async () => {
  const config = await testConfig();
  provider = await openIdProvider(config.publicUrl);
  const { issuer, client } = provider;
  const openId = {
    issuer,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    clientAuth: 'basic',
    scope: 'openid email profile',
    allowHttp: true,
    claimed: {
      claim: 'groups',
      roles: [
        { value: 'desk', role: 'operator', tenantSlug: null },
        { value: 'marketing', role: 'marketer', tenantSlug: 'claimed-place' },
      ],
    },
  } as const;
  app = await openTestApp({ ...config, openId });
  other = await openTestApp({ databaseUrl: config.databaseUrl, role: 'api', openId });
  tenant = await app.tenant();
  slug = ((await app.as(tenant).get(`/api/tenants/${tenant.id}`).expect(200)).body as { slug: string }).slug;
});
afterAll(async () => {
  for (const each of [other, app, provider]) await each.close();
});

let people = 0;
/** Somebody with an address of their own, whom the provider will know. */
const somebody = (): { subject: string; email: string } => {
  people += 1;
  return { subject: `subject-${people}`, email: `person-${people}@riverside.example` };
};
const invite = async (email: string, role: string, agent = app.as(tenant)): Promise<string> => {
  const { body } = await agent.post('/api/users').send({ email, role, name: 'Ana Lima' }).expect(201);
  return (body as { id: string }).id;
};

/** Leads a browser through the whole sign-in; the answer is that of the callback. */
async function signIn(
  subject: string,
  claims: object,
  { asked = '', browser = new Browser(app.url) } = {},
): Promise<{ browser: Browser; answer: Response }> {
  provider.person(subject, { name: 'Ana Lima', email_verified: true, ...claims });
  const isBack = ({ pathname }: URL): boolean => pathname === '/auth/callback';
  const { url } = await browser.open(`/auth/sign-in${asked}`, isBack);
  const { answer } = await browser.open(url.href, () => true);
  return { browser, answer };
}
const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code: unknown }).code;
const sessionOf = async (browser: Browser): Promise<SessionBody> =>
  (await (await browser.send('GET', '/auth/session')).json()) as SessionBody;
const csrf = async (browser: Browser): Promise<Record<string, string>> => ({
  'x-csrf-token': (await sessionOf(browser)).csrfToken,
});
/** An invited user with this role, signed in. */
async function signedIn(role: string): Promise<{ browser: Browser; id: string; subject: string; email: string }> {
  const { subject, email } = somebody();
  const id = await invite(email, role);
  const { browser } = await signIn(subject, { email });
  return { browser, id, subject, email };
}

describe('Signing in at the provider', () => {
  test('who was invited comes back with a session that does what the role may, under their id', async () => {
    const { subject, email } = somebody();
    const id = await invite(email.toUpperCase(), 'marketer');
    const { browser, answer } = await signIn(subject, { email }, { asked: '?returnTo=/campaigns%3Fpage=2' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/campaigns?page=2']);
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('callboard-session='));
    expect(cookie).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/);
    expect(browser.cookie('callboard-sign-in')).toBeUndefined();
    const session = await sessionOf(browser);
    expect(session).toMatchObject({ actor: `user:${id}`, tenantId: tenant.id, user: { id, email, role: 'marketer' } });
    const headers = { 'x-csrf-token': session.csrfToken };
    const made = await browser.send('POST', '/api/audiences', { body: { name: 'Guests' }, headers });
    expect(made.status).toBe(201);
    const beyond = await browser.send('POST', '/api/messages', { body: {}, headers });
    expect([beyond.status, await codeOf(beyond)]).toEqual([403, 'missing_scope']);
    const admins = await browser.send('GET', '/api/tenants');
    expect([admins.status, await codeOf(admins)]).toEqual([403, 'admin_only']);
    const { body } = await app.as(tenant).get(`/api/audit?actor=user:${id}`).expect(200);
    const records = (body as { items: { action: string; actorName: string; origin: string }[] }).items;
    expect(records).toMatchObject([{ actorName: 'Ana Lima' }, { action: 'session.begin', origin: 'loopback' }]);
    const [stored] = await app.database.query<{ text: string }>(
      'select user_session::text as text from user_session where user_id = $1',
      [id],
    );
    expect(stored?.text).not.toContain(browser.cookie('callboard-session') ?? '-');
    expect(stored?.text).not.toContain('eyJ'); // nor the ID token
  });

  test('after the first time it is the subject that counts: an address that moved to somebody else opens nothing', async () => {
    const { subject, email } = await signedIn('admin');
    const thief = await signIn('thief', { email });
    expect([thief.answer.status, await codeOf(thief.answer)]).toEqual([403, 'not_invited']);
    expect(thief.browser.cookie('callboard-session')).toBeUndefined();
    const renamed = await signIn(subject, { email: 'moved@elsewhere.example' });
    expect((await sessionOf(renamed.browser)).user).toMatchObject({ email, role: 'admin' });
  });

  test('an address that the provider has not verified is nobody’s, and who was not invited stays outside', async () => {
    const { subject, email } = somebody();
    await invite(email, 'admin');
    for (const claims of [
      { email, email_verified: false },
      { email, email_verified: 'true' },
      { email: 'stranger@example.com' },
    ]) {
      const { answer } = await signIn(subject, claims);
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'not_invited']);
    }
  });

  test('who is a user of several tenants names one', async () => {
    const { subject, email } = somebody();
    const second = await app.tenant();
    await invite(email, 'viewer');
    await invite(email, 'finance', app.as(second));
    const { answer } = await signIn(subject, { email });
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'sign_in_ambiguous']);
    const { browser } = await signIn(subject, { email }, { asked: `?tenant=${slug}` });
    expect(await sessionOf(browser)).toMatchObject({ tenantId: tenant.id, user: { role: 'viewer' } });
    // The other invitation is still open.
    const again = await signIn(subject, { email }, { asked: '?tenant=no-such-place' });
    expect(again.answer.status).toBe(403);
  });

  test('a claim makes users where the configuration says so, and their role follows it', async () => {
    const place = await app.tenant({ slug: 'claimed-place' });
    const { subject, email } = somebody();
    const claims = { email, groups: ['marketing', 'choir'] };
    const { browser } = await signIn(subject, claims);
    const { user, tenantId } = await sessionOf(browser);
    expect([tenantId, user?.role]).toEqual([place.id, 'marketer']);
    const change = await app.as(place).patch(`/api/users/${user?.id}`).send({ role: 'admin' }).expect(409);
    expect(change.body).toMatchObject({ code: 'role_from_claim' });
    const left = await signIn(subject, { email, groups: ['choir'] });
    expect([left.answer.status, await codeOf(left.answer)]).toEqual([403, 'not_invited']);
  });

  test('a user of the platform acts for tenants that they name, within their role and its part of the platform’s work', async () => {
    const { subject, email } = somebody();
    const { browser } = await signIn(subject, { email, groups: 'desk' });
    expect(await sessionOf(browser)).toMatchObject({ tenantId: null, user: { role: 'operator' } });
    const headers = { 'x-tenant-id': tenant.id };
    const status = async (path: string, more = {}): Promise<number> =>
      (await browser.send('GET', path, { headers: more })).status;
    expect(await status('/api/venues', headers)).toBe(200);
    expect(await status('/api/lanes')).toBe(200);
    expect(await status('/api/alerts')).toBe(200);
    expect(await status('/api/reconciliations')).toBe(403);
    expect(await status('/api/tenants')).toBe(403);
    expect(await status(`/api/tenants/${tenant.id}/api-keys`)).toBe(403);
    expect(await status('/api/users', headers)).toBe(403);
  });

  test('keys that the provider changed meanwhile are the ones that count', async () => {
    const { subject, email } = await signedIn('viewer');
    provider.rotateKeys();
    const { answer } = await signIn(subject, { email });
    expect(answer.status).toBe(302);
  });

  test('an answer counts once, in the browser that asked for it, and only with what was given out', async () => {
    const { subject, email } = somebody();
    await invite(email, 'viewer');
    provider.person(subject, { email, email_verified: true });
    const isBack = ({ pathname }: URL): boolean => pathname === '/auth/callback';
    const victim = new Browser(app.url);
    const { url } = await victim.open('/auth/sign-in', isBack);
    const elsewhere = await new Browser(app.url).open(url.href, () => true);
    expect([elsewhere.answer.status, await codeOf(elsewhere.answer)]).toEqual([400, 'sign_in_expired']);
    // With the cookie of another attempt.
    const crossed = new Browser(app.url);
    await crossed.open('/auth/sign-in', isBack);
    const mixed = await crossed.open(url.href, () => true);
    expect([mixed.answer.status, await codeOf(mixed.answer)]).toEqual([401, 'sign_in_refused']);
    expect((await victim.open(url.href, () => true)).answer.status).toBe(302);
    const repeated = await victim.open(url.href, () => true);
    expect(await codeOf(repeated.answer)).toBe('sign_in_expired');
    const refused = new Browser(app.url);
    const begun = await refused.open('/auth/sign-in', ({ origin }) => origin === provider.issuer);
    const state = begun.url.searchParams.get('state') ?? '';
    expect(begun.url.searchParams.get('code_challenge_method')).toBe('S256');
    const denied = await refused.open(`/auth/callback?error=access_denied&state=${state}&iss=${provider.issuer}`);
    expect([denied.answer.status, await codeOf(denied.answer)]).toEqual([401, 'sign_in_refused']);
  });

  test.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/\t/evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    'campaigns',
  ])('nobody is led to %j in the end', async (path) => {
    const answer = await new Browser(app.url).send('GET', `/auth/sign-in?returnTo=${encodeURIComponent(path)}`);
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'bad_return_path']);
  });

  test('a provider that does not answer is told as that', async () => {
    const { subject, email } = somebody();
    await invite(email, 'viewer');
    provider.person(subject, { email, email_verified: true });
    const browser = new Browser(app.url);
    const { url } = await browser.open('/auth/sign-in', ({ pathname }) => pathname === '/auth/callback');
    provider.fail(true);
    try {
      const { answer } = await browser.open(url.href);
      expect([answer.status, await codeOf(answer)]).toEqual([503, 'sign_in_unavailable']);
    } finally {
      provider.fail(false);
    }
  });
});

describe('A session', () => {
  test('a change needs its token and a page of ours; reading needs the cookie alone', async () => {
    const { browser } = await signedIn('marketer');
    const token = await csrf(browser);
    const change = async (headers: Record<string, string>): Promise<unknown> => {
      const answer = await browser.send('POST', '/api/audiences', { body: { name: 'Guests' }, headers });
      return answer.status === 201 ? 201 : codeOf(answer);
    };
    expect(await change({})).toBe('cross_site_request');
    expect(
      await change({ 'x-csrf-token': (await csrf((await signedIn('marketer')).browser))['x-csrf-token'] ?? '' }),
    ).toBe('cross_site_request');
    expect(await change({ ...token, origin: 'https://evil.example' })).toBe('cross_site_request');
    expect(await change({ ...token, 'sec-fetch-site': 'same-site' })).toBe('cross_site_request');
    expect(await change({ ...token, origin: 'null' })).toBe('cross_site_request');
    expect(await change(token)).toBe(201);
    expect((await browser.send('GET', '/api/audiences', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  test('a key beside the cookie is the only one that counts', async () => {
    const { browser } = await signedIn('admin');
    const reader = await app.keyOf(tenant, ['senders:read']);
    const headers = { authorization: `Bearer ${reader.key}`, ...(await csrf(browser)) };
    const asKey = await browser.send('POST', '/api/audiences', { body: { name: 'Guests' }, headers });
    expect([asKey.status, await codeOf(asKey)]).toEqual([403, 'missing_scope']);
    const wrong = await browser.send('GET', '/api/venues', { headers: { authorization: 'Bearer nothing' } });
    expect(wrong.status).toBe(401);
  });

  test('a role that is changed, and a user that is disabled or removed, count at once in all processes', async () => {
    const { browser, id } = await signedIn('viewer');
    const elsewhere = new Browser(other.url);
    elsewhere.setCookie('callboard-session', browser.cookie('callboard-session') ?? '');
    const scopes = async (): Promise<string[]> => (await sessionOf(elsewhere)).scopes;
    const status = async (where = elsewhere): Promise<number> => (await where.send('GET', '/api/venues')).status;
    expect(await scopes()).not.toContain('usage:read');
    await app.as(tenant).patch(`/api/users/${id}`).send({ role: 'finance' }).expect(200);
    await until(async () => (await scopes()).includes('usage:read'), { withinMs: 2_000 });
    await app.as(tenant).patch(`/api/users/${id}`).send({ disabled: true }).expect(200);
    expect(await status(browser)).toBe(401);
    await until(async () => (await status()) === 401, { withinMs: 2_000 });
    await app.as(tenant).patch(`/api/users/${id}`).send({ disabled: false }).expect(200);
    expect(await status()).toBe(401);
  });

  test('a campaign is approved by a user whose role may, and no longer by one whose role has gone', async () => {
    const [maker, second] = [await signedIn('marketer'), await signedIn('operator')];
    await app
      .as(tenant)
      .post('/api/templates')
      .send({ key: 'gala', channel: 'email', category: 'transactional', subject: 'Gala', text: 'Gala' })
      .expect(201);
    const send = async (
      { browser }: typeof maker,
      path: string,
      body: object,
    ): Promise<[number, Record<string, unknown>]> => {
      const answer = await browser.send('POST', path, { body, headers: await csrf(browser) });
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    const [, { id: audienceId }] = await send(maker, '/api/audiences', { name: 'Gala' });
    const [, { id }] = await send(maker, '/api/campaigns', {
      name: 'Gala',
      channel: 'email',
      templateKey: 'gala',
      audienceId,
    });
    const review = await maker.browser.send('GET', `/api/campaigns/${String(id)}/approval`);
    const { digest } = (await review.json()) as { digest: string };
    const approve = `/api/campaigns/${String(id)}/approve`;
    expect(await send(maker, approve, { digest })).toMatchObject([403, { code: 'missing_scope' }]);
    const approval = { state: 'approved', decidedBy: `user:${second.id}` };
    expect(await send(second, approve, { digest })).toMatchObject([200, { createdBy: `user:${maker.id}`, approval }]);
    await app.as(tenant).patch(`/api/users/${second.id}`).send({ role: 'viewer' }).expect(200);
    expect(await send(second, approve, { digest })).toMatchObject([403, { code: 'missing_scope' }]);
  });

  test('who signs in again has another token, and the one before is worth nothing', async () => {
    const { browser, subject, email } = await signedIn('viewer');
    const former = new Browser(app.url);
    former.setCookie('callboard-session', browser.cookie('callboard-session') ?? '');
    await signIn(subject, { email }, { browser });
    expect((await sessionOf(browser)).actor).toMatch(/^user:/);
    const refused = await former.send('GET', '/auth/session');
    expect([refused.status, await codeOf(refused)]).toEqual([401, 'session_ended']);
  });

  test('it ends when it is not used, and after its time in any case', async () => {
    for (const past of [`last_seen_at = now() - interval '31 minutes'`, `expires_at = now() - interval '1 second'`]) {
      const { browser, id } = await signedIn('viewer');
      expect((await browser.send('GET', '/api/venues')).status).toBe(200);
      await app.database.query(`update user_session set ${past} where user_id = $1`, [id]);
      await app.database.query(`select pg_notify('callboard_changes', 'session any')`);
      await until(async () => (await browser.send('GET', '/api/venues')).status === 401, { withinMs: 2_000 });
    }
  });

  test('one’s own are listed and ended, and nobody else’s', async () => {
    const { browser, subject, email, id } = await signedIn('viewer');
    const second = (await signIn(subject, { email })).browser;
    const list = (await (await browser.send('GET', '/api/sessions')).json()) as {
      items: { id: string; current: boolean }[];
    };
    expect(list.items.map(({ current }) => current)).toEqual([false, true]);
    const stranger = (await signedIn('admin')).browser;
    const path = `/api/sessions/${list.items[0]?.id}`;
    expect((await stranger.send('DELETE', path, { headers: await csrf(stranger) })).status).toBe(404);
    expect((await browser.send('DELETE', path, { headers: await csrf(browser) })).status).toBe(204);
    expect((await second.send('GET', '/auth/session')).status).toBe(401);
    await app.as(tenant).delete(`/api/users/${id}/sessions`).expect(204);
    expect((await browser.send('GET', '/auth/session')).status).toBe(401);
  });

  test('signing out ends it here, and tells where it is ended at the provider', async () => {
    const { browser } = await signedIn('viewer');
    const answer = await browser.send('DELETE', '/auth/session', { headers: await csrf(browser) });
    const { endSessionUrl } = (await answer.json()) as { endSessionUrl: string };
    expect([answer.status, endSessionUrl]).toEqual([
      200,
      expect.stringContaining(`${provider.issuer}/session/end?`) as string,
    ]);
    expect(browser.cookie('callboard-session')).toBeUndefined();
    expect((await browser.send('GET', '/auth/session')).status).toBe(401);
    const { answer: asked } = await browser.open(endSessionUrl);
    expect(asked.status).toBe(200);
  });
});

describe('The provider', () => {
  const tell = (token: string): Promise<Response> =>
    fetch(`${app.url}/auth/backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });
  const isIn = async ({ browser }: { browser: Browser }): Promise<boolean> =>
    (await browser.send('GET', '/auth/session')).status === 200;

  test('ends sessions here that are ended there, and no others', async () => {
    const [leaving, staying] = [await signedIn('viewer'), await signedIn('viewer')];
    const asked = new URLSearchParams({
      client_id: provider.client.client_id,
      post_logout_redirect_uri: `${app.url}/`,
    });
    const { answer } = await leaving.browser.open(`${provider.issuer}/session/end?${asked.toString()}`);
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(await answer.text()) ?? [];
    await leaving.browser.submit(`${provider.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    await until(async () => !(await isIn(leaving)), { withinMs: 5_000 });
    expect(await isIn(staying)).toBe(true);
  });

  test('is believed for what it signed for us just now, to that end, and for nothing else', async () => {
    const user = await signedIn('viewer');
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: provider.issuer,
      aud: provider.client.client_id,
      iat: now,
      jti: 'once',
      sub: user.subject,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
    const wrong = [
      { ...claims, iss: 'http://127.0.0.1:1' },
      { ...claims, aud: 'another' },
      { ...claims, iat: now - 3_600 },
      { ...claims, nonce: 'of an ID token' },
      { ...claims, events: {} },
      { ...claims, sub: undefined },
      { ...claims, jti: undefined },
    ];
    const forged = (await provider.sign(claims)).replace(/.{8}$/, 'AAAAAAAA');
    for (const token of ['', 'x.y.z', forged, ...(await Promise.all(wrong.map((one) => provider.sign(one))))]) {
      const answer = await tell(token);
      expect([answer.status, await codeOf(answer)]).toEqual([400, 'logout_token_refused']);
    }
    expect(await isIn(user)).toBe(true);
    expect((await tell(await provider.sign({ ...claims, sid: 'another session' }))).status).toBe(200);
    expect(await isIn(user)).toBe(true);
    expect((await tell(await provider.sign(claims))).status).toBe(200);
    expect(await isIn(user)).toBe(false);
  });
});

describe('Signing in with a key', () => {
  const withKey = async (
    key: string,
    headers: Record<string, string> = {},
  ): Promise<{ browser: Browser; answer: Response }> => {
    const browser = new Browser(app.url);
    return { browser, answer: await browser.send('POST', '/auth/key', { body: { key }, headers }) };
  };

  test('the session may do what the key may, and ends with it in all processes', async () => {
    const path = `/api/tenants/${tenant.id}/api-keys`;
    const issued = await app
      .admin()
      .post(path)
      .send({ name: 'Desk', scopes: ['senders:read'] })
      .expect(201);
    const { id, key } = issued.body as { id: string; key: string };
    const { browser, answer } = await withKey(key);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ actor: `key:${id}`, user: null, scopes: ['senders:read'] });
    expect((await browser.send('GET', '/api/venues')).status).toBe(200);
    expect((await browser.send('GET', '/api/campaigns')).status).toBe(403);
    const elsewhere = new Browser(other.url);
    elsewhere.setCookie('callboard-session', browser.cookie('callboard-session') ?? '');
    expect((await elsewhere.send('GET', '/api/venues')).status).toBe(200);
    await app.admin().delete(`${path}/${id}`).expect(204);
    expect((await browser.send('GET', '/api/venues')).status).toBe(401);
    await until(async () => (await elsewhere.send('GET', '/api/venues')).status === 401, { withinMs: 2_000 });
  });

  test('the admin key begins a session of the platform, that ends when the key is another', async () => {
    const { browser } = await withKey(app.config.adminKey);
    expect(await sessionOf(browser)).toMatchObject({ actor: 'admin', tenantId: null, user: null });
    expect((await browser.send('GET', '/api/tenants')).status).toBe(200);
    const headers = { 'x-tenant-id': tenant.id };
    expect((await browser.send('GET', '/api/venues', { headers })).status).toBe(200);
    const changed = await openTestApp({
      databaseUrl: app.config.databaseUrl,
      role: 'api',
      adminKey: 'cb_another_admin_key',
    });
    try {
      const elsewhere = new Browser(changed.url);
      elsewhere.setCookie('callboard-session', browser.cookie('callboard-session') ?? '');
      expect((await elsewhere.send('GET', '/api/tenants')).status).toBe(401);
    } finally {
      await changed.close();
    }
  });

  test('another site cannot sign a browser in, and who guesses keys is told to stop', async () => {
    const crossed = await withKey(tenant.key, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect([crossed.answer.status, await codeOf(crossed.answer)]).toEqual([403, 'cross_site_request']);
    const codes = new Set<unknown>();
    for (let guesses = 0; guesses < 25; guesses += 1)
      codes.add(await codeOf((await withKey(`cb_guess_${guesses}`)).answer));
    expect([...codes]).toEqual(['unauthorized', 'too_many_wrong_keys']);
    expect((await withKey(tenant.key)).answer.status).toBe(201);
  });
});

describe('Users', () => {
  test('nobody gives, takes or changes a role that may do what they may not', async () => {
    const clerk = await app.keyOf(tenant, [
      'users:write',
      'users:read',
      'usage:read',
      'campaigns:read',
      'senders:read',
      'desk:read',
    ]);
    const { email } = somebody();
    const refused = await app.as(clerk).post('/api/users').send({ email, role: 'admin' }).expect(403);
    expect(refused.body).toMatchObject({ code: 'role_beyond_yours', errors: [{ path: 'role' }] });
    const id = await invite(email, 'finance', app.as(clerk));
    await app.as(clerk).patch(`/api/users/${id}`).send({ role: 'operator' }).expect(403);
    const admin = await invite(somebody().email, 'admin');
    for (const change of [{ disabled: true }, { role: 'finance' }])
      await app.as(clerk).patch(`/api/users/${admin}`).send(change).expect(403);
    await app.as(clerk).delete(`/api/users/${admin}`).expect(403);
    const twice = await app.as(clerk).post('/api/users').send({ email, role: 'finance' }).expect(409);
    expect(twice.body).toMatchObject({ code: 'user_exists' });
    await app.as(clerk).delete(`/api/users/${id}`).expect(204);
    await app.as(clerk).get(`/api/users/${id}`).expect(404);
  });

  test('those of the platform are the admin’s who names no tenant, and a tenant sees its own alone', async () => {
    const { email } = somebody();
    const id = await invite(email, 'viewer', app.admin());
    const ids = async (agent = app.admin()): Promise<string[]> =>
      ((await agent.get('/api/users?limit=500').expect(200)).body as { items: { id: string }[] }).items.map(
        (one) => one.id,
      );
    expect(await ids()).toContain(id);
    expect(await ids(app.admin(tenant.id))).not.toContain(id);
    await app.as(tenant).get(`/api/users/${id}`).expect(404);
    await app.admin().patch(`/api/users/${id}`).send({ role: 'finance' }).expect(200);
    const { body } = await app.admin().get(`/api/audit?objectId=${id}`).expect(200);
    expect((body as { items: object[] }).items).toMatchObject([
      { action: 'user.update', tenantId: null, details: { changes: { role: { from: 'viewer', to: 'finance' } } } },
      { action: 'user.invite', tenantId: null },
    ]);
  });
});
