/** What a template may be sent as: pure. */
import { CHANNELS } from '../tenants/index.js';
import { categoryOf, requireChannel } from './fit.js';
import { TEMPLATE_CHANNELS } from './template-source.js';
import { TemplateMismatch } from './template.errors.js';

describe('A template', () => {
  test.each(TEMPLATE_CHANNELS)('for %s fits that channel and no other', (made) => {
    const fits = CHANNELS.filter((channel) => {
      try {
        requireChannel({ channel: made }, channel);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateMismatch);
        expect(String(error)).toContain(`use a template for ${channel}`);
        return false;
      }
    });
    expect(fits).toEqual([made]);
  });

  test.each([
    ['transactional', undefined, 'transactional'],
    ['transactional', null, 'transactional'],
    ['transactional', 'transactional', 'transactional'],
    ['transactional', 'marketing', 'marketing'],
    ['marketing', undefined, 'marketing'],
    ['marketing', 'marketing', 'marketing'],
  ] as const)('for %s, asked for as %s, is sent as %s', (category, asked, sent) => {
    expect(categoryOf({ category }, asked)).toBe(sent);
  });

  test('for marketing is never sent as transactional', () => {
    for (const asked of ['transactional', 'emergency'] as const) {
      expect(() => categoryOf({ category: 'marketing' }, asked)).toThrow(TemplateMismatch);
    }
  });
});
