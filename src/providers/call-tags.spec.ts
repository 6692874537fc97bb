import { callTags } from './call-tags.js';

test.each<[string, string | undefined, object]>([
  ['a UUID', '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', { correlation: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }],
  ['what a provider would refuse', 'checkout:7f/2', {}],
  ['an address', 'ana@example.com', {}],
  ['none', undefined, {}],
])('A call is tagged with the tenant, and for the correlation id with %s as providers take it', (_, id, more) => {
  expect(callTags({ tenantId: 't', ...(id !== undefined && { correlationId: id }) })).toEqual({ tenant: 't', ...more });
});
