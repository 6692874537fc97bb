/** What is wrong with a template, or with the data it is given. No message ever holds a value of the data. */

export interface TemplateFault {
  /** The part and, in it, the variable or place: `html`, `data.order.total`. */
  readonly path: string;
  readonly message: string;
}

export abstract class TemplateError extends Error {
  /** Stable and documented. */
  abstract readonly code: string;

  constructor(
    message: string,
    readonly errors: readonly TemplateFault[] = [],
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The template lacks a part that its channel needs, or has one that its channel cannot carry. */
export class InvalidTemplate extends TemplateError {
  readonly code = 'invalid_template';

  constructor(faults: readonly TemplateFault[]) {
    super(faults.map((fault) => fault.message).join('; '), faults);
  }
}

/** A part is not Liquid that this service knows. `line` and `column` count from 1. */
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

/** The data lack variables that the template prints, computes with or loops over. `names` are paths as the template has them. */
export class MissingVariables extends TemplateError {
  readonly code = 'missing_variables';

  constructor(readonly names: readonly string[]) {
    super(
      `The data lack ${names.map((name) => `\`${name}\``).join(', ')}: send them, or give them a \`default\` in the template`,
      names.map((name) => ({ path: `data.${name}`, message: 'is missing or null' })),
    );
  }
}

/** A part is too large, too deeply nested, takes too long or makes too much text. */
export class TemplateTooExpensive extends TemplateError {
  readonly code = 'template_too_expensive';

  constructor(
    readonly part: string,
    reason: string,
  ) {
    super(`${part}: ${reason}`, [{ path: part, message: reason }]);
  }
}

/** The template is sound and the variables are there, but a value is not what a filter or tag can work with. */
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
