/** What comes with a test key is not done here: the test deployment does it, and answers through us. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ReadyConfig } from '../config/ready-config.js';
import { bearerOf, type Authenticator } from '../http/auth.js';
import { InvalidRequest, Unauthorized } from '../errors.js';
import { PASSED_ON, settle } from '../passing-on/other-deployment.js';
import { MODE_HEADER, MODES, TEST_KEY_PREFIX, type Mode } from './mode.js';
import { ModeMismatch } from './test-mode.errors.js';
import type { TestDeployment } from './test-deployment.js';

const NO_MODE = { path: MODE_HEADER, message: `${MODE_HEADER} must be live or test` };
const NOT_LIVE = 'This key works in test mode alone: leave the header X-Mode out, or use a live key';

interface Parts {
  readonly tests: TestDeployment;
  readonly authenticator: Authenticator;
}

/**
 * Passes on requests with a test key, and those of the admin key that ask for test mode. A request that asks for another mode than its key has is
 * refused. `parts` is called once requests arrive.
 */
export function handOverTests(fastify: FastifyInstance, { mode }: Pick<ReadyConfig, 'mode'>, parts: () => Parts): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const key = bearerOf(request);
    const isTestKey = key?.startsWith(TEST_KEY_PREFIX) === true;
    const header = request.headers[MODE_HEADER.toLowerCase()];
    if ((!isTestKey && header === undefined) || !PASSED_ON.test(request.url)) return done();
    const asked = modeIn(header);
    if (asked === undefined && header !== undefined) return done(new InvalidRequest([NO_MODE]));
    if (asked === 'live' && (isTestKey || mode === 'test')) return done(new ModeMismatch(NOT_LIVE));
    if (mode === 'test' || (!isTestKey && asked !== 'test')) return done();
    void settle(handOver(request, reply, { key, isTestKey, ...parts() }), done);
  });
}

/** True. Raises Unauthorized, ModeMismatch, and what passing on raises. */
async function handOver(
  request: FastifyRequest,
  reply: FastifyReply,
  { key, isTestKey, tests, authenticator }: Parts & { readonly key: string | undefined; readonly isTestKey: boolean },
): Promise<true> {
  if (!isTestKey) {
    // Counted as any other wrong key: test mode is no way to guess the admin key.
    const caller = key === undefined ? undefined : await authenticator.authenticate(key, undefined, request.ip);
    if (!caller) throw new Unauthorized();
    if (caller.kind !== 'admin') throw new ModeMismatch();
  }
  await tests.passOn(request, reply, !isTestKey);
  return true;
}

const modeIn = (header: string | string[] | undefined): Mode | undefined => MODES.find((known) => known === header);
