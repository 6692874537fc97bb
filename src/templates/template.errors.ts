/** Errors of templates and of the data they are given. No message ever holds a value of the data. */

import { DomainError, WEB_ADDRESS, type FieldError } from '../kernel/plain.js';
import type { ApprovalStatus } from '../providers/index.js';

/** The part and, in it, the variable or place: `html`, `data.order.total`. */
export type TemplateFault = FieldError;

/** Errors in a template's content, or in the data it is rendered with. */
export abstract class TemplateError extends DomainError {
  readonly kind = 'unprocessable';
}

/** The template lacks a part that its channel requires, or has one that its channel does not support. */
export class InvalidTemplate extends TemplateError {
  readonly code = 'invalid_template';

  constructor(faults: readonly TemplateFault[]) {
    super(faults.map((fault) => fault.message).join('; '), faults);
  }
}

/** A part is not valid Liquid here. `line` and `column` count from 1. */
export class TemplateSyntaxError extends TemplateError {
  readonly code = 'template_syntax';

  constructor(
    readonly part: string,
    readonly line: number,
    readonly column: number,
    reason: string,
  ) {
    super(`${part}, line ${line}, column ${column}: ${reason}`, [{ path: part, message: reason }]);
  }
}

/** The data lack variables that the template prints, computes with or loops over. `names` are paths as in the template. */
export class MissingVariables extends TemplateError {
  readonly code = 'missing_variables';

  constructor(readonly names: readonly string[]) {
    super(
      `The data lack ${names.map((name) => `\`${name}\``).join(', ')}: send them, or give them a \`default\` in the template`,
      names.map((name) => ({ path: `data.${name}`, message: 'is missing or null' })),
    );
  }
}

/** A part is too large, too deeply nested, takes too long or produces too much text. */
export class TemplateTooExpensive extends TemplateError {
  readonly code = 'template_too_expensive';

  constructor(
    readonly part: string,
    reason: string,
  ) {
    super(`${part}: ${reason}`, [{ path: part, message: reason }]);
  }
}

/** The same, for what is over sooner in a thread of its own. */
export class TemplateTooSlow extends TemplateTooExpensive {}

/** The template is valid and the variables are present, but a filter or tag cannot use a value. */
export class TemplateRenderError extends TemplateError {
  readonly code = 'template_render_failed';

  constructor(
    readonly part: string,
    readonly line: number,
    readonly column: number,
    reason: string,
  ) {
    super(`${part}, line ${line}, column ${column}: ${reason}`, [{ path: part, message: reason }]);
  }
}

/** A picture's URL is invalid with these data. */
export class InvalidMediaUrl extends TemplateError {
  readonly code = 'invalid_media_url';

  constructor(readonly part: string) {
    const reason = `with these data it is not ${WEB_ADDRESS}: check them, and use the filter \`url_encode\` where they may hold any text`;
    super(`${part}: ${reason}`, [{ path: part, message: reason }]);
  }
}

/** With these data a part that must show something shows nothing. */
export class ContentEmpty extends TemplateError {
  readonly code = 'content_empty';

  constructor(readonly part: string) {
    super(`With these data \`${part}\` is empty: check them, or what the template leaves out`, [
      { path: part, message: 'is empty with these data' },
    ]);
  }
}

/** People could not leave the marketing by what they read. */
export class UnsubscribeLinkMissing extends TemplateError {
  readonly code = 'unsubscribe_link_missing';

  constructor(readonly parts: readonly string[]) {
    const names = parts.map((part) => `\`${part}\``).join(' and ');
    super(
      `Marketing email shows people how to leave: put \`{{ unsubscribe_url }}\` into ${names}, which Callboard fills in`,
      parts.map((path) => ({ path, message: 'has no `{{ unsubscribe_url }}` or `{{ preferences_url }}`' })),
    );
  }
}

export class TemplateNotFound extends DomainError {
  readonly code = 'template_not_found';
  readonly kind = 'not-found';
  override readonly field = 'key';

  constructor() {
    super('There is no template with this key, or no such version of it: create one with POST /api/templates');
  }
}

/** The template exists, but never had this version. */
export class TemplateVersionNotFound extends DomainError {
  readonly code = 'template_version_not_found';
  readonly kind = 'not-found';
  override readonly field = 'version';

  constructor(version: number, newest: number) {
    super(`This template has no version ${version}: its newest is ${newest}`);
  }
}

export class TemplateVersionCurrent extends DomainError {
  readonly code = 'template_version_current';
  readonly kind = 'conflict';
  override readonly field = 'version';

  constructor(version: number) {
    super(`Version ${version} is the current one already`);
  }
}

/** The template exists, but may not be sent as requested. */
export class TemplateMismatch extends DomainError {
  readonly code = 'template_mismatch';
  readonly kind = 'unprocessable';

  constructor(
    message: string,
    override readonly field: 'channel' | 'category',
  ) {
    super(message);
  }
}

export class TemplateKeyTaken extends DomainError {
  readonly code = 'template_key_taken';
  readonly kind = 'conflict';
  override readonly field = 'key';

  constructor() {
    super('There is a template with this key already: publish a new version with PUT /api/templates/{key}');
  }
}

export class PartNotFound extends DomainError {
  readonly code = 'template_part_not_found';
  readonly kind = 'not-found';
  override readonly field = 'key';

  constructor() {
    super(
      'There is no layout or partial with this key, or no such version of it: create one with POST /api/template-parts',
    );
  }
}

export class PartKeyTaken extends DomainError {
  readonly code = 'template_part_key_taken';
  readonly kind = 'conflict';
  override readonly field = 'key';

  constructor() {
    super(
      'There is a layout or partial with this key already: publish a new version with PUT /api/template-parts/{key}',
    );
  }
}

export class DataSetNotFound extends DomainError {
  readonly code = 'data_set_not_found';
  readonly kind = 'not-found';
  override readonly field = 'name';

  constructor() {
    super('The template has no test data under this name: GET /api/templates/{key}/data-sets lists what it has');
  }
}

export class TooManyDataSets extends DomainError {
  readonly code = 'too_many_data_sets';
  readonly kind = 'conflict';

  constructor(most: number) {
    super(`The template has ${most} sets of test data already: delete one, or change one`);
  }
}

export class FallbackTemplateUnfit extends DomainError {
  readonly code = 'fallback_template_unfit';
  readonly kind = 'unprocessable';

  constructor(key: string) {
    super(
      `\`${key}\` cannot follow this template: name each other template once, for another channel (or an approved one after free text on WhatsApp), and no marketing after transactional`,
      [{ path: 'fallback', message: `\`${key}\` cannot follow this template` }],
    );
  }
}

export class TemplateNotApproved extends DomainError {
  readonly code = 'template_not_approved';
  readonly kind = 'unprocessable';
  override readonly field = 'templateKey';

  constructor(status: ApprovalStatus) {
    super(
      status === 'missing'
        ? 'The sender’s account has no template with this contentSid: create it there, and have it approved'
        : `WhatsApp has not approved the template (${status}): wait until it has, or use another`,
    );
  }
}

export class TemplateImmutable extends DomainError {
  readonly code = 'template_immutable';
  readonly kind = 'conflict';

  constructor(
    channel: string,
    category: string,
    override readonly field: 'channel' | 'category',
  ) {
    super(`The template is for ${channel}, ${category}, and stays so: create another under a new key`);
  }
}
