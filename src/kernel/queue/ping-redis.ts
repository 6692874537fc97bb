/** Whether a queue in Redis answers. */
import { CurrentRedis } from './current-redis.js';

const TIMEOUT_MS = 3_000;

/** Connects once. Rejects with an Error that says why, without the URL: a code of the network's, or Redis's own. */
export async function pingRedis(url: string, timeoutMs = TIMEOUT_MS): Promise<void> {
  const redis = new CurrentRedis(() => url, { lazyConnect: true, disconnectTimeout: 100, retryStrategy: () => null });
  let reason: unknown;
  redis.on('error', (error: Error) => (reason ??= error));
  const timer = setTimeout(() => redis.disconnect(), timeoutMs); // the pending call rejects
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new Error(reasonOf(reason ?? error), { cause: error });
  } finally {
    clearTimeout(timer);
    redis.disconnect();
  }
}

/** A reply begins with its code, such as WRONGPASS. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if ('code' in error) return String(error.code);
  return error.name === 'ReplyError' ? (error.message.split(' ')[0] ?? 'refused') : 'no answer';
}
