/** Fields of whom notices go to. */
import { applyDecorators } from '@nestjs/common';
import { OneOf, TextList, type ListOptions } from '../kernel/index.js';
import { InvalidAddress, normaliseAddress } from '../tenants/index.js';
import { LANGUAGES } from './letter.js';

/** Email addresses, each in a form that can be written to. */
export const Mailboxes = (options: ListOptions): PropertyDecorator =>
  applyDecorators(
    TextList({ example: ['finance@example.com'], ...options, of: isMailbox, meaning: 'an email address' }),
  );

export const LetterLanguage = (): PropertyDecorator =>
  OneOf(LANGUAGES, { required: false, default: 'en', description: 'Of the emails' });

function isMailbox(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  try {
    normaliseAddress('email', text);
    return true;
  } catch (error) {
    if (error instanceof InvalidAddress) return false;
    throw error;
  }
}
