/** Templates, and what a preview shows before anything is sent. */
import type { Preview } from './answers.js';
import { Refused } from './api.js';
import { dataFor, insist, type DemoSession } from './session.js';
import type { Order } from './examples.js';

const SHOWN = 'order-confirmation-sms';

export async function publishTemplates(session: DemoSession): Promise<void> {
  const { screen, api, examples } = session;
  screen.chapter('What they say');
  for (const template of examples.templates) await api.post('/api/templates', template);
  screen.done(`${examples.templates.length} Liquid templates published; a version never changes`);
  screen.table(examples.templates.map(({ key, channel, category }) => [key, channel, category]));

  const [plain] = examples.orders;
  const accented = examples.orders.find(({ buyer }) => buyer.name.includes('ë'));
  insist(plain !== undefined && accented !== undefined, 'examples/: the story needs an order, and one by a Chloë');
  await preview(session, plain);
  await preview(session, accented);
  await previewWithoutTotal(session, plain);
}

async function preview(session: DemoSession, order: Order): Promise<void> {
  const data = dataFor(session, session.hall, order.buyer, order);
  const { body, sms } = await session.api.post<Preview>(`/api/templates/${SHOWN}/preview`, { data });
  const why = sms.nonGsm.length > 0 ? `, because of ${sms.nonGsm.join(' ')}` : '';
  session.screen.done(`Preview for ${order.buyer.name}: ${sms.encoding}, ${segments(sms.segments)}${why}`);
  session.screen.quote(body);
}

/** A missing variable is an error when the message is submitted, not when it is sent. */
async function previewWithoutTotal(session: DemoSession, order: Order): Promise<void> {
  const data = dataFor(session, session.hall, order.buyer, { ...order, total: undefined as never });
  try {
    await session.api.post(`/api/templates/${SHOWN}/preview`, { data });
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.code !== 'missing_variables') throw error;
    session.screen.done(`Without the order's total it is refused: ${error.status} ${error.problem.code}`);
    session.screen.note(error.problem.detail);
    return;
  }
  throw new Error('A preview without a variable it needs was not refused.');
}

const segments = (count: number): string => (count === 1 ? '1 segment' : `${count} segments`);
