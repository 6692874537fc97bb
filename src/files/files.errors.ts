/** Errors of files. */
import { DomainError } from '../kernel/index.js';

export class LinkTooLong extends DomainError {
  readonly code = 'link_too_long';
  readonly kind = 'invalid';

  constructor(days: number) {
    const message = `expiresAt must be ahead, and within ${days} days`;
    super(message, [{ path: 'expiresAt', message }]);
  }
}

export class FileNotFound extends DomainError {
  readonly code = 'file_not_found';
  readonly kind = 'not-found';
  override readonly field: string = 'id';

  constructor() {
    super('There is no file with this id: upload it with POST /api/files, and use the id that this answers');
  }
}

/** The store that files are put into does not answer, or not as it should. */
export class FileStoreUnavailable extends DomainError {
  readonly code = 'file_store_unavailable';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 30;

  constructor() {
    super('Files cannot be stored or read now: try again in a minute');
  }
}

export class FileEmpty extends DomainError {
  readonly code = 'file_empty';
  readonly kind = 'invalid';

  constructor() {
    super('The body is empty: send the bytes of the file as the body of the request');
  }
}

/** Of a type that is not carried, such as programs and pages. */
export class FileTypeRefused extends DomainError {
  readonly code = 'file_type_refused';
  readonly kind = 'unprocessable';

  constructor(taken: readonly string[]) {
    super(`The content is none of the types that are taken: send one of ${taken.join(', ')}`);
  }
}

/** The name says one type, the content is another. */
export class FileNameMismatch extends DomainError {
  readonly code = 'file_name_mismatch';
  readonly kind = 'unprocessable';
  override readonly field: string = 'name';

  constructor(mediaType: string, endings: readonly string[]) {
    super(`The content is ${mediaType}: give the file a name that ends in ${endings.join(' or ')}`);
  }
}

export class PictureRequired extends DomainError {
  readonly code = 'picture_required';
  readonly kind = 'unprocessable';

  constructor(mediaType: string) {
    super(`Only a picture can be shown within the text, and this file is ${mediaType}: leave out contentId`);
  }
}

export class ContentIdTaken extends DomainError {
  readonly code = 'content_id_taken';
  readonly kind = 'invalid';

  constructor() {
    super('Another attachment has this contentId: give each picture its own');
  }
}

export class AttachmentsTooLarge extends DomainError {
  readonly code = 'attachments_too_large';
  readonly kind = 'unprocessable';
  override readonly field = 'attachments';

  constructor(bytes: number, limit: number, provider: string) {
    super(
      `The attachments take ${megabytes(bytes)} of an email, and ${provider} carries ${megabytes(limit)}: send fewer or smaller ones, or a link`,
    );
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
