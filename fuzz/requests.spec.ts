import { fromJson, toText, withField, without, withValue } from '../harness/json-text.js';
import { KnownIds } from './known-ids.js';
import { EXAMPLE_ID } from './odd.js';
import { operationsOf } from '../harness/openapi-operations.js';
import { draftsOf, requestOf, type FuzzRequest } from './requests.js';

const schema = { $ref: '#/components/schemas/NewCampaign' };
const OPERATIONS = operationsOf({
  paths: {
    '/api/campaigns': {
      post: { requestBody: { content: { 'application/json': { schema, example: { audienceId: EXAMPLE_ID } } } } },
      get: { parameters: [{ name: 'status', in: 'query' }] },
    },
    '/api/campaigns/{id}': { get: {} },
  },
  components: {
    schemas: {
      NewCampaign: { properties: { audienceId: {}, variants: { items: { $ref: '#/components/schemas/Variant' } } } },
      Variant: { properties: { share: {} } },
    },
  },
});
const known = (): KnownIds => new KnownIds(new Set());
const drawn = (seed: number, ids = known()): FuzzRequest[] =>
  draftsOf(OPERATIONS, seed, 300).map((draft) => requestOf(draft, ids));

test('the places of a body are found through references, lists and fields', () => {
  const [made] = OPERATIONS.filter(({ method }) => method === 'POST');
  expect(made?.bodies[0]?.places.map(({ path }) => path)).toEqual([
    ['audienceId'],
    ['variants'],
    ['variants', 0],
    ['variants', 0, 'share'],
  ]);
});

test('a seed gives the same requests, another seed others, and each operation has its turn', () => {
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  const turns = Map.groupBy(drawn(1), ({ operation }) => operation);
  expect([...turns.values()].map((requests) => requests.length)).toEqual([100, 100, 100]);
});

test('requests are right but for something, and name what is there', () => {
  const ids = known();
  ids.learn('/api/campaigns', { items: [{ id: 'c-1' }] });
  ids.learn('/api/audiences', { id: 'a-1' });
  const requests = drawn(1, ids);
  expect(requests.some(({ path }) => path === '/api/campaigns/c-1')).toBe(true);
  const bodies = requests.filter(({ operation }) => operation.method === 'POST').map(({ body }) => body);
  expect(bodies).toContain('{"audienceId":"a-1"}');
  expect(new Set(bodies).size).toBeGreaterThan(30);
});

test('what has to stay is never named', () => {
  const ids = new KnownIds(new Set(['own']));
  ids.learn('/api/tenants', { items: [{ id: 'own' }] });
  expect(ids.inPath('/api/tenants/', 'id', 0)).toBe(EXAMPLE_ID);
});

test('a body is spoilt in one place, as no writer of JSON would', () => {
  const body = fromJson({ to: 'x', parts: [{ text: 'a' }] });
  expect(toText(withValue(body, ['parts', 0, 'text'], '1e999'))).toBe('{"to":"x","parts":[{"text":1e999}]}');
  expect(toText(withValue(body, ['data', 'name'], 'null'))).toBe(
    '{"to":"x","parts":[{"text":"a"}],"data":{"name":null}}',
  );
  expect(toText(without(body, ['parts', 0, 'text']))).toBe('{"to":"x","parts":[{}]}');
  expect(toText(without(body, ['parts', 0]))).toBe('{"to":"x","parts":[]}');
  expect(toText(withField(body, 'to', '5'))).toBe('{"to":"x","parts":[{"text":"a"}],"to":5}');
});
