// Runs jest with its own PostgreSQL: started here, and migrated once into a template that each test file clones. With `--redis`
// the queue is its own Redis; on a machine without Redis, no tests run, and a message is printed.
import { spawn } from 'node:child_process';
import { build, isFresh } from './build.mjs';
import { memoryFolder } from './jest/memory-folder.mjs';

if (!(await isFresh())) await build();
const { PostgresServer } = await import('../dist/harness/postgres-server.js');
const { RedisServer } = await import('../dist/harness/redis-server.js');

const onRedis = process.argv.includes('--redis');
const jestArguments = process.argv.slice(2).filter((argument) => argument !== '--redis');
// Each test file picks its database at random: there are enough.
const redis = onRedis ? await RedisServer.open({ args: ['--databases', '100000'] }) : undefined;
if (onRedis && !redis) {
  process.stdout.write('This machine has no redis-server: the tests on Redis are left out.\n');
  process.exit(0);
}

// Vacuum visits each of hundreds of databases in this time.
const settings = { max_connections: '400', autovacuum_naptime: '2min' };
const postgres = await PostgresServer.open({ durable: false, settings, parent: memoryFolder() });
let code = 1;
try {
  await postgres.createMigrated('callboard_template');
  // Threads and workers inherit the loader.
  const options = ['--no-warnings', '--import', './scripts/jest/typescript.mjs'];
  const jest = spawn(process.execPath, [...options, 'node_modules/jest/bin/jest.js', ...jestArguments], {
    stdio: 'inherit',
    env: {
      // One for all workers.
      NODE_COMPILE_CACHE: 'node_modules/.cache/callboard-tests/v8',
      ...process.env,
      TEST_DATABASE_URL: postgres.url,
      ...(redis && { TEST_REDIS_URL: redis.url }),
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
  code = await new Promise((resolve) => jest.on('exit', (exit) => resolve(exit ?? 1)));
} finally {
  await postgres.close();
  await redis?.close();
}
process.exit(code);
