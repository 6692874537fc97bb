/** Templates, and what a preview tells before anything is sent. */
import type { Preview } from './answers.js';
import { Refused } from './api.js';
import { dataFor, insist, type Desk } from './desk.js';
import type { Order } from './examples.js';

const SHOWN = 'order-confirmation-sms';

export async function publishTemplates(desk: Desk): Promise<void> {
  const { screen, api, examples } = desk;
  screen.chapter('What they say');
  for (const template of examples.templates) await api.post('/api/templates', template);
  screen.done(`${examples.templates.length} Liquid templates published; a version never changes`);
  screen.table(examples.templates.map(({ key, channel, category }) => [key, channel, category]));

  const [plain] = examples.orders;
  const accented = examples.orders.find(({ buyer }) => buyer.name.includes('ë'));
  insist(plain !== undefined && accented !== undefined, 'examples/: the story needs an order, and one by a Chloë');
  await preview(desk, plain);
  await preview(desk, accented);
  await previewWithoutTotal(desk, plain);
}

async function preview(desk: Desk, order: Order): Promise<void> {
  const data = dataFor(desk, desk.hall, order.buyer, order);
  const { body, sms } = await desk.api.post<Preview>(`/api/templates/${SHOWN}/preview`, { data });
  const why = sms.nonGsm.length > 0 ? `, because of ${sms.nonGsm.join(' ')}` : '';
  desk.screen.done(`Preview for ${order.buyer.name}: ${sms.encoding}, ${segments(sms.segments)}${why}`);
  desk.screen.quote(body);
}

/** A variable that is missing is found when the message is handed in, not when it goes out. */
async function previewWithoutTotal(desk: Desk, order: Order): Promise<void> {
  const data = dataFor(desk, desk.hall, order.buyer, { ...order, total: undefined as never });
  try {
    await desk.api.post(`/api/templates/${SHOWN}/preview`, { data });
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.code !== 'missing_variables') throw error;
    desk.screen.done(`Without the order's total it is refused: ${error.status} ${error.problem.code}`);
    desk.screen.note(error.problem.detail);
    return;
  }
  throw new Error('A preview without a variable it needs was not refused.');
}

const segments = (count: number): string => (count === 1 ? '1 segment' : `${count} segments`);
