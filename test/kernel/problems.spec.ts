/** The HTTP edge: whatever is wrong with a request, the answer is a problem that says so. */
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

let app: TestApp;
let tenant: Tenant;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, type: 'application/problem+json' });
  expect(answer.body).toMatchObject({ type: `urn:callboard:problem:${code}`, status, code });
  expect(answer.body).toEqual(expect.objectContaining({ title: expect.any(String), detail: expect.any(String) }));
  expect(answer.body['requestId']).toBe(answer.headers['x-request-id']);
}

const get = async (path: string): Promise<Answer> => app.as(tenant).get(path);

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('A body', () => {
  const post = async (body: string, type = 'application/json'): Promise<Answer> =>
    app.as(tenant).post('/api/venues').set('content-type', type).send(body);
  const venue = JSON.stringify({ name: 'Hall' });

  test.each<[string, string, string, number, string]>([
    ['that breaks off', '{"name":', 'application/json', 400, 'malformed_json'],
    ['that is empty', '', 'application/json', 400, 'invalid_request'],
    ['with a trailing comma', '{"name":"Hall",}', 'application/json', 400, 'malformed_json'],
    ['that reaches for the prototype', '{"__proto__":{"name":"Hall"}}', 'application/json', 400, 'malformed_json'],
    ['that is a list', '[]', 'application/json', 400, 'invalid_request'],
    ['that is null', 'null', 'application/json', 400, 'invalid_request'],
    ['that is a text', '"Hall"', 'application/json', 400, 'invalid_request'],
    ['with an unknown field', '{"name":"Hall","colour":"red"}', 'application/json', 400, 'invalid_request'],
    ['with a wrong type', '{"name":["Hall"]}', 'application/json', 400, 'invalid_request'],
    ['with a NUL', String.raw`{"name":"Ha\u0000ll"}`, 'application/json', 400, 'invalid_request'],
    ['of another type', '<name>Hall</name>', 'application/xml', 415, 'unsupported_media_type'],
    ['that is a form', 'name=Hall', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['that calls itself text', venue, 'text/plain', 415, 'unsupported_media_type'],
    ['that calls itself something like JSON', venue, 'application/jsonp', 415, 'unsupported_media_type'],
    ['nested too deep', `{"name":${nested(32)}}`, 'application/json', 400, 'body_too_deep'],
    ['nested to the bottom of the sea', nested(400_000), 'application/json', 400, 'body_too_deep'],
    ['over 1,000,000 bytes', JSON.stringify({ name: 'x'.repeat(999_990) }), 'application/json', 413, 'body_too_large'],
  ])('%s is refused', async (_, body, type, status, code) => {
    expectProblem(await post(body, type), status, code);
  });

  test.each([
    ['[]', 'The request body must be a JSON object'],
    ['null', 'The request body must be a JSON object'],
    ['5', 'The request body must be a JSON object'],
    ['{"name":"Hall","__proto__":1}', 'The request body holds a field `__proto__`'],
    ['{"name":"Hall","constructor":{"prototype":1}}', 'The request body holds a field `__proto__`'],
    ['{"name":"Hall","constructor":1}', 'constructor is not a field of this request'],
    ['{"name":"Hall","hasOwnProperty":1}', 'hasOwnProperty is not a field of this request'],
    ['{"name":"Hall"', 'The request body is not well-formed JSON'],
  ])('such as %s is answered with what is wrong', async (body, detail) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toContain(detail);
  });

  test('that is no UTF-8 is refused, and not kept with other characters', async () => {
    const request = app.as(tenant).post('/api/venues').set('content-type', 'application/json; charset=latin1');
    const answer = await request
      .serialize(() => Buffer.from('{"name":"Caf\xe9"}', 'latin1') as unknown as string)
      .send({});
    expectProblem(answer, 400, 'malformed_json');
    expect(answer.body['detail']).toContain('UTF-8');
  });

  test('that is compressed is refused with the reason', async () => {
    const request = app.as(tenant).post('/api/venues').set('content-encoding', 'gzip').type('json');
    const answer = await request.serialize(() => gzipSync(venue) as unknown as string).send({});
    expectProblem(answer, 415, 'unsupported_media_type');
    expect(answer.body['detail']).toContain('Content-Encoding');
  });

  test.each([
    ['of exactly 1,000,000 bytes', JSON.stringify({ name: 'x'.repeat(999_989) })],
    ['nested as deep as may be', `{"name":${nested(31)}}`],
  ])('%s reaches its handler', async (_, body) => {
    expectProblem(await post(body), 400, 'invalid_request');
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON'])('as %s is taken', async (type) => {
    expect(await post(venue, type)).toMatchObject({ status: 201 });
  });
});

describe('An address', () => {
  test.each([
    ['that is none', '/api/nothing', 404, 'not_found'],
    ['outside of the API', '/nothing', 404, 'not_found'],
    ['with an id that is none', '/api/audiences/hall', 400, 'invalid_request'],
    ['with an id of nobody', '/api/venues/0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', 404, 'venue_not_found'],
    ['with a NUL', '/api/templates/a%00b', 400, 'malformed_request'],
    ['with a NUL in its query', '/api/messages?to=%00', 400, 'malformed_request'],
    ['that is no UTF-8', '/api/templates/%ff', 400, 'malformed_request'],
    ['with a part that is too long', `/api/templates/${'x'.repeat(401)}`, 400, 'malformed_request'],
    ['with a limit that is too high', '/api/venues?limit=501', 400, 'invalid_request'],
    ['with a limit that is none', '/api/venues?limit=all', 400, 'invalid_request'],
    ['with an unknown parameter', '/api/venues?page=2', 400, 'invalid_request'],
    ['with a parameter twice', '/api/venues?cursor=a&cursor=b', 400, 'invalid_request'],
    ['with a cursor that is none', '/api/venues?cursor=next', 400, 'invalid_cursor'],
  ])('%s is refused', async (_, path, status, code) => {
    expectProblem(await get(path), status, code);
  });

  test('asked for with a method it does not take says which it takes', async () => {
    const answer = await app.as(tenant).delete(`/api/venues/${tenant.defaultVenueId}`);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers['allow']?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'PATCH']);
  });
});

describe('What is no HTTP request', () => {
  const host = '127.0.0.1';
  const say = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(app.config.port, host, () => socket.write(text));
      let answer = '';
      socket.on('data', (data: Buffer) => (answer += data.toString()));
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });

  test.each([
    ['of a method nobody knows', 'GRAB /api/venues HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed_request'],
    ['with an address that is not encoded', 'GET /api/\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed_request'],
    ['with a length that is none', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n', 400, 'malformed_request'],
    ['with 17 KB of address', `GET /api/venues?x=${'x'.repeat(17_000)} HTTP/1.1\r\n\r\n`, 431, 'headers_too_large'],
  ])('is answered with a problem too: one %s', async (_, text, status, code) => {
    const [head = '', body = ''] = (await say(text)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code, detail: expect.stringContaining(': ') as string });
  });
});

describe('A caller', () => {
  const call = async (authorization?: string): Promise<Answer> => {
    const request = app.http.get('/api/venues');
    return authorization ? request.set('authorization', authorization) : request;
  };

  test.each([
    ['without a key', undefined],
    ['with an empty key', 'Bearer '],
    ['with another scheme', `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['with a key that is none', 'Bearer letmein'],
    ['with a key of nobody', `Bearer cb_${'0'.repeat(32)}_${'A'.repeat(43)}`],
  ])('%s is not let in', async (_, authorization) => {
    const answer = await call(authorization);
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test('whose key was altered by one character is not let in', async () => {
    const last = tenant.key.endsWith('A') ? 'B' : 'A';
    expectProblem(await call(`Bearer ${tenant.key.slice(0, -1)}${last}`), 401, 'unauthorized');
    expect(await call(`bearer ${tenant.key}`)).toMatchObject({ status: 200 });
  });

  test('whose key was revoked is not let in any more', async () => {
    const path = `/api/tenants/${tenant.id}/api-keys`;
    const { body } = await app
      .admin()
      .post(path)
      .send({ name: 'short-lived', scopes: ['*'] })
      .expect(201);
    const issued = body as { id: string; key: string };
    expect(await call(`Bearer ${issued.key}`)).toMatchObject({ status: 200 });
    await app.admin().delete(`${path}/${issued.id}`).expect(204);
    expectProblem(await call(`Bearer ${issued.key}`), 401, 'unauthorized');
  });

  test('whose key lacks the scope is answered with its name', async () => {
    const path = `/api/tenants/${tenant.id}/api-keys`;
    const { body } = await app
      .admin()
      .post(path)
      .send({ name: 'reader', scopes: ['usage:read'] })
      .expect(201);
    const answer = await call(`Bearer ${(body as { key: string }).key}`);
    expectProblem(answer, 403, 'missing_scope');
    expect(answer.body['detail']).toContain('"senders:read"');
  });

  test('who is not the admin does not do what only the admin may', async () => {
    expectProblem(await get('/api/tenants'), 403, 'admin_only');
  });

  test('who is the admin names the tenant to act for', async () => {
    const ask = async (tenantId?: string): Promise<Answer> => app.admin(tenantId).get('/api/venues');
    expectProblem(await ask(), 400, 'tenant_required');
    expectProblem(await ask('riverside'), 404, 'tenant_not_found');
    expect(await ask(tenant.id.toUpperCase())).toMatchObject({ status: 200 });
  });
});

describe('The id of a request', () => {
  const idFor = async (given: string): Promise<string | undefined> =>
    (await app.http.get('/health/live').set('x-request-id', given)).headers['x-request-id'];

  test('is the caller’s own', async () => {
    await expect(idFor('checkout:order-1042.2')).resolves.toBe('checkout:order-1042.2');
  });

  test.each(['short', 'with spaces in it', 'x'.repeat(129), '<script>alert(1)</script>'])(
    'is one of ours instead of %j',
    async (given) => {
      await expect(idFor(given)).resolves.toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    },
  );
});

test('A fault of our own is admitted, without a word about what it was', async () => {
  await app.database.query('alter table venue rename to hall');
  try {
    const answer = await get('/api/venues');
    expectProblem(answer, 500, 'internal_error');
    expect(JSON.stringify(answer.body)).not.toMatch(/relation|select|hall|venue/i);
  } finally {
    await app.database.query('alter table hall rename to venue');
  }
});

test('A worker serves its health and its metrics, and nothing else', async () => {
  const worker = await openTestApp({
    role: 'worker',
    databaseUrl: app.config.databaseUrl,
    encryptionKeys: app.config.encryptionKeys,
  });
  try {
    await worker.http.get('/health/live').expect(200);
    await worker.http.get('/health/ready').expect(200);
    await worker.http.get('/metrics').expect(200);
    for (const path of ['/api/venues', '/docs', '/webhook/twilio', '/sandbox/messages', '/']) {
      expectProblem(await worker.as(tenant).get(path), 404, 'not_found');
    }
  } finally {
    await worker.close();
  }
});
