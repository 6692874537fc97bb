/** Whether a template may be sent as requested: one rule for messages, their fallbacks and campaigns. */
import type { Category, Channel } from '../tenants/index.js';
import { TemplateMismatch } from './template.errors.js';
import type { LoadedTemplate } from './template-library.js';

/**
 * A template is for one channel: what another needs, such as the picture of an MMS, is not added elsewhere. Raises
 * TemplateMismatch.
 */
export function requireChannel(template: Pick<LoadedTemplate, 'channel'>, channel: Channel): void {
  if (template.channel === channel) return;
  throw new TemplateMismatch(
    `The template is for ${template.channel}: use a template for ${channel}, or another channel`,
    'channel',
  );
}

/**
 * The category is the template's, unless another is requested. Raises TemplateMismatch if a marketing template would bypass the
 * opt-in.
 */
export function categoryOf(
  { category }: Pick<LoadedTemplate, 'category'>,
  asked: Category | null | undefined,
): Category {
  if (category === 'marketing' && asked && asked !== 'marketing') {
    throw new TemplateMismatch(
      `The template is for marketing: it cannot be sent as ${asked}, past the opt-in`,
      'category',
    );
  }
  return asked ?? category;
}
