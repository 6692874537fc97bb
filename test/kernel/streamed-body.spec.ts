/** Bodies that a route reads by itself, on a bare Fastify. */
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { sendProblem } from '../../src/kernel/http/problem.filter.js';
import {
  streamBodies,
  streamedBodyOf,
  type StreamedContent,
  type StreamedRequestBody,
} from '../../src/kernel/http/streamed-body.js';

const streamedBody: StreamedContent = {
  limit: 100_000,
  content: { 'text/csv': { schema: {}, example: '' }, 'application/json': { schema: {}, example: '' } },
};

let fastify: FastifyInstance;
let read: (body: StreamedRequestBody) => Promise<unknown>;

beforeAll(async () => {
  fastify = Fastify();
  streamBodies(fastify);
  fastify.setErrorHandler((error, asked, reply) => void sendProblem(error, asked, reply));
  fastify.post('/streamed', { config: { streamedBody } }, (asked) => read(streamedBodyOf(asked)));
  fastify.post('/parsed', (asked) => ({ parsed: asked.body }));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
});
beforeEach(() => {
  read = async (body) => {
    let bytes = 0;
    for await (const chunk of body.chunks(new AbortController().signal)) bytes += chunk.length;
    return { type: body.type, bytes };
  };
});
afterAll(() => fastify.close());

function post(headers: Record<string, string>, path = '/streamed'): ClientRequest {
  const { port } = fastify.server.address() as AddressInfo;
  return request({ port, host: '127.0.0.1', method: 'POST', path, agent: false, headers });
}

async function answerTo(asked: ClientRequest): Promise<{ status: number; body: unknown }> {
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: JSON.parse((await response.toArray()).join('')) as unknown };
}

const send = (type: string, body: string, headers = {}): Promise<{ status: number; body: unknown }> => {
  const asked = post({ 'content-type': type, ...headers });
  asked.end(body);
  return answerTo(asked);
};

test.each(['text/csv', 'Text/CSV; header=present', 'text/csv; charset="UTF-8"', 'application/json'])(
  '%s reaches the route as it is',
  async (type) => {
    expect(await send(type, '{no json')).toEqual({
      status: 200,
      body: { type: type.toLowerCase().split(';')[0], bytes: 8 },
    });
  },
);

test.each([
  ['another type', 'text/plain', {}],
  ['an encoding that nobody knows', 'text/csv; charset=klingon', {}],
  ['compression', 'text/csv', { 'content-encoding': 'gzip' }],
])('%s is refused with what would be taken', async (_, type, headers) => {
  expect(await send(type, 'a', headers)).toMatchObject({
    status: 415,
    body: {
      code: 'unsupported_media_type',
      detail: expect.stringContaining('`text/csv`, `application/json`') as unknown,
    },
  });
});

test('A body beyond the limit is refused by its declared length, or without one when it reaches the limit', async () => {
  const tooLarge = {
    status: 413,
    body: { code: 'body_too_large', detail: expect.stringContaining('100,000') as unknown },
  };
  const declared = post({ 'content-type': 'text/csv', 'content-length': '100001' });
  declared.on('error', () => undefined).write('x');
  expect(await answerTo(declared)).toMatchObject(tooLarge);
  declared.destroy();

  const untold = post({ 'content-type': 'text/csv' });
  untold.write('x'.repeat(60_000));
  untold.end('x'.repeat(60_000));
  expect(await answerTo(untold)).toMatchObject(tooLarge);
});

test('Who waits with reading makes the sender wait', async () => {
  const reading = Promise.withResolvers<undefined>();
  let taken = 0;
  read = async (body) => {
    for await (const chunk of body.chunks(new AbortController().signal)) {
      taken += chunk.length;
      if (taken < 90_000) await reading.promise;
    }
    return { taken };
  };
  const asked = post({ 'content-type': 'text/csv' });
  asked.end('x'.repeat(100_000));
  const answer = answerTo(asked);
  await once(asked, 'finish');
  expect(taken).toBeLessThan(100_000);
  reading.resolve(undefined);
  expect(await answer).toEqual({ status: 200, body: { taken: 100_000 } });
});

test('What a refused sender has still to send is let through', async () => {
  const refused = post({ 'content-type': 'text/csv' });
  const finished = once(refused, 'finish');
  for (let part = 0; part < 40; part += 1) refused.write('x'.repeat(500_000));
  refused.end();
  expect(await answerTo(refused)).toMatchObject({ status: 413 });
  await finished;
});

test.each(['the connection', 'the signal'])(
  'A body that is cut off by %s is distinguished from one that ended',
  async (by) => {
    const outcome = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<undefined>();
    const stop = new AbortController();
    read = async (body) => {
      try {
        for await (const _ of body.chunks(stop.signal)) begun.resolve(undefined);
        outcome.resolve('ended');
      } catch (error) {
        outcome.resolve(error);
      }
      return {};
    };
    const asked = post({ 'content-type': 'text/csv' }).on('error', () => undefined);
    asked.write('x');
    await begun.promise;
    if (by === 'the signal') stop.abort();
    else asked.destroy();
    expect(await outcome.promise).toMatchObject({ code: 'body_incomplete' });
    asked.destroy();
  },
);

test('Other routes read JSON as ever', async () => {
  const asked = post({ 'content-type': 'application/json' }, '/parsed');
  asked.end('{"a":1}');
  expect(await answerTo(asked)).toEqual({ status: 200, body: { parsed: { a: 1 } } });
});
