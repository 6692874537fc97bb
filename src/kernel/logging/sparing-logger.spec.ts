/** Lines logged at most once a minute: pure. */
import { SparingLogger } from './sparing-logger.js';

test('The same line is logged once a minute, with the number of omissions; another line is logged at once', () => {
  const said: string[] = [];
  const logger = new SparingLogger({ warn: (line: string) => said.push(line) });
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
