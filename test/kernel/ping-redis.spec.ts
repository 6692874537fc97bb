/** A queue in Redis that is asked once. */
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { freePort, listenOnLoopback } from '../../harness/ports.js';
import { RedisServer } from '../../harness/redis-server.js';
import { pingRedis } from '../../src/kernel/index.js';

test('One that nobody listens at is named by the network’s code', async () => {
  await expect(pingRedis(`redis://127.0.0.1:${await freePort()}`)).rejects.toThrow('ECONNREFUSED');
});

test('One that takes connections and never answers is given up', async () => {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()));
  const port = await listenOnLoopback(server);
  await expect(pingRedis(`redis://127.0.0.1:${port}`, 100)).rejects.toThrow('no answer');
  server.close();
});

test('One that wants a password says so, and one that has it answers', async () => {
  const redis = await RedisServer.open();
  if (!redis) return; // this machine has none
  await pingRedis(redis.url);
  const client = new Redis(redis.url);
  await client.config('SET', 'requirepass', 'psst');
  client.disconnect();
  await expect(pingRedis(redis.url)).rejects.toThrow('NOAUTH');
  await expect(pingRedis(redis.url.replace('//', '//:wrong@'))).rejects.toThrow('WRONGPASS');
  await pingRedis(redis.url.replace('//', '//:psst@'));
  await redis.close();
});
