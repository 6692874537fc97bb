/** Lines logged at most once a minute: pure. */
import { SparingLogger } from './sparing-logger.js';

test('The same line is logged once a minute, with the number of omissions; another line is logged at once', () => {
  const said: string[] = [];
  const logger = new SparingLogger({
    warn: (line: string) => said.push(line),
    error: (line: string) => said.push(`error: ${line}`),
    log: () => undefined,
  });
  logger.warn('no database', 0);
  logger.warn('no database', 1_000);
  logger.warn('no queue', 2_000);
  logger.warn('no database', 59_999);
  logger.warn('no database', 60_000);
  logger.warn('no queue', 90_000);
  expect(said).toEqual([
    'no database',
    'no queue',
    'no database (and 2 times more since it was last said)',
    'no queue',
  ]);
});

test('Lines about the same thing are one, whatever numbers are in them, and another level is another line', () => {
  const said: string[] = [];
  const add = (line: string): unknown => said.push(line);
  const logger = new SparingLogger({ warn: add, error: (line: string) => said.push(`error: ${line}`), log: add });
  logger.say('warn', 'open for 1 s', 'lane', 0);
  logger.say('warn', 'open for 2 s', 'lane', 10);
  logger.say('error', 'open for 4 s', 'other lane', 20);
  logger.say('warn', 'open for 8 s', 'lane', 60_010);
  expect(said).toEqual([
    'open for 1 s',
    'error: open for 4 s',
    'open for 8 s (and 1 times more since it was last said)',
  ]);
});
