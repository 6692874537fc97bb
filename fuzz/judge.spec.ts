import { faultOf, type Answer } from './judge.js';

const problem = (changes: object = {}): Answer => ({
  status: 422,
  contentType: 'application/problem+json; charset=utf-8',
  text: JSON.stringify({
    type: '/errors/bad_schedule',
    title: 'Unprocessable',
    status: 422,
    code: 'bad_schedule',
    detail: 'Name a time within a year.',
    ...changes,
  }),
});
const json = (body: object, status = 200): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  text: JSON.stringify(body),
});
const page = (text: string): Answer => ({ status: 404, contentType: 'text/html; charset=utf-8', text });

test.each<[string, Answer, string]>([
  ['an answer', json({ id: 'x' }), 'GET'],
  ['a refusal that says why', problem(), 'POST'],
  ['a page for people that is not there', page('<p>This link has ended.</p>'), 'GET'],
  ['a refusal without a body, where there may be none', { status: 404, contentType: '', text: '' }, 'HEAD'],
])('%s is right', (_, answer, method) => {
  expect(faultOf(answer, method, '')).toBeUndefined();
});

test.each<[Answer, string]>([
  [json({}, 500), 'answered 500'],
  [json({}, 503), 'answered 503'],
  [json({ message: 'no' }, 400), 'refuses with 400 as application/json; charset=utf-8'],
  [page(''), 'refuses with 404 as text/html; charset=utf-8'],
  [{ ...problem(), text: '{' }, 'refuses with a body that is no JSON'],
  [problem({ status: 400 }), 'refuses with 422, and says 400'],
  [problem({ code: undefined, detail: '' }), 'refuses without code, detail'],
  [problem({ detail: 'x is not a function' }), 'tells a message of the runtime'],
  [problem({ detail: 'failed in src/ledger/accept.js' }), 'tells a file of ours'],
  [problem({ detail: 'select id from message where id = $1' }), 'tells a statement'],
  [problem({ detail: 'relation "message" does not exist' }), 'tells a message of the database'],
  [json({ error: 'connect ECONNREFUSED' }), 'tells an address of a server behind it'],
])('%j is wrong', (answer, fault) => {
  expect(faultOf(answer, 'POST', '')).toBe(fault);
});

test('what the caller has sent may be told back', () => {
  const answer = problem({ detail: '"src/main.ts" is no template' });
  expect(faultOf(answer, 'POST', 'GET /x "src/main.ts"')).toBeUndefined();
});
