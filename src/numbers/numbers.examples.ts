/** Orders, as documentation examples. */
import type { OrderNumberBody } from './numbers.dto.js';

type Order = Omit<OrderNumberBody, 'search'> & { readonly search?: Partial<NonNullable<OrderNumberBody['search']>> };

const VENUE = 'hall-7';

export const ORDER_EXAMPLES: Record<string, { summary: string; value: Order }> = {
  any: {
    summary: 'Any number of an area that carries texts and pictures',
    value: { venueId: VENUE, search: { country: 'US', areaCode: '415' }, channels: ['sms', 'mms'] },
  },
  named: { summary: 'This number', value: { venueId: VENUE, address: '+14155550100' } },
  attached: {
    summary: 'A number that the account has already',
    value: { venueId: VENUE, address: '+14155550100', attach: true },
  },
};
