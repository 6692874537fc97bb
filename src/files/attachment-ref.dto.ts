/** A file that an email carries, as callers name it. */
import { Id, NestedList, Text } from '../kernel/index.js';

/** Attachments of one email. */
const ATTACHMENTS = 20;

export class AttachmentRef {
  @Id({ description: 'Of a file, as `POST /api/files` answered it' })
  id: string;

  @Text({
    required: false,
    max: 64,
    pattern: /^[\w.-]+$/,
    meaning: 'letters, digits, dots, dashes and underscores',
    description: 'Of a picture that the HTML shows: `<img src="cid:logo">` names it',
    example: 'logo',
  })
  contentId?: string;
}

export const Attachments = (description: string): PropertyDecorator =>
  NestedList(() => AttachmentRef, { required: false, max: ATTACHMENTS, description });
