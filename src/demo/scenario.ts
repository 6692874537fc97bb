/** The whole scenario. */
import type { Screen } from '../terminal/index.js';
import { sendThousand } from './batch.chapter.js';
import { readExamples } from './examples.js';
import { runCampaign } from './campaign.chapter.js';
import { confirmOrder } from './order.chapter.js';
import type { DemoService } from './service.js';
import { setUp } from './set-up.chapter.js';
import { honourStop } from './stop-word.chapter.js';
import { publishTemplates } from './templates.chapter.js';
import { showUsage } from './usage.chapter.js';

/** Raises an Error if the service deviates from the scenario, or when `signal` is aborted. */
export async function tell(screen: Screen, service: DemoService, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  const examples = await readExamples();
  screen.title(
    'Callboard, from the first API call to the bill',
    'All that follows is done through the public REST API of a service of its own, on data that are deleted afterwards. Nothing leaves this machine: the providers are a sandbox that speaks the wire protocols of Amazon SES and Twilio.',
  );

  screen.chapter('A service');
  const admin = await service.ready(signal);
  screen.done(
    `Ready in ${((performance.now() - begun) / 1000).toFixed(1)} s on ${admin.url}: PostgreSQL, queues, API, worker, sandbox`,
  );

  const session = await setUp(screen, admin, examples, signal);
  await publishTemplates(session);
  await confirmOrder(session);
  await honourStop(session, await sendThousand(session));
  await runCampaign(session);
  await showUsage(session);
  whereToLookNext(screen);
}

function whereToLookNext(screen: Screen): void {
  screen.chapter('Where to look next');
  screen.table([
    ['npm start', 'the service for you to use, on http://127.0.0.1:3000'],
    ['/docs', 'every route of it with examples, to try in the browser'],
    ['README.md', 'the same tour with curl, in five minutes'],
    ['docs/', 'configuration, webhooks, templates, architecture and decisions'],
    ['examples/', 'the people, orders and templates of this story: change them and run it again'],
  ]);
}
