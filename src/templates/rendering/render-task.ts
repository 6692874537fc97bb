/** What goes between the event loop and the thread that renders: plain data, errors too. */
import { InvalidMediaUrl, MissingVariables, TemplateRenderError, TemplateTooExpensive } from '../template.errors.js';
import type { TemplateSource } from '../template-source.js';
import type { Rendered, TemplateData } from './render.js';

export interface RenderTask {
  readonly source: TemplateSource;
  readonly data: TemplateData;
  readonly now: Date | undefined;
}

/** An error of a rendering, by what it is made of. */
type Fault =
  | { readonly kind: 'missing'; readonly names: readonly string[] }
  | { readonly kind: 'media-url'; readonly part: string }
  | { readonly kind: 'too-expensive'; readonly part: string; readonly reason: string }
  | {
      readonly kind: 'render';
      readonly part: string;
      readonly line: number;
      readonly column: number;
      readonly reason: string;
    }
  | { readonly kind: 'unforeseen'; readonly name: string };

export type RenderAnswer = { readonly rendered: Rendered } | { readonly fault: Fault };

export function packed(error: unknown): Fault {
  if (error instanceof MissingVariables) return { kind: 'missing', names: error.names };
  if (error instanceof InvalidMediaUrl) return { kind: 'media-url', part: error.part };
  if (error instanceof TemplateTooExpensive)
    return { kind: 'too-expensive', part: error.part, reason: reasonOf(error) };
  if (error instanceof TemplateRenderError) {
    const { part, line, column } = error;
    return { kind: 'render', part, line, column, reason: reasonOf(error) };
  }
  return { kind: 'unforeseen', name: error instanceof Error ? error.name : typeof error };
}

const reasonOf = ({ errors: [first] }: TemplateTooExpensive | TemplateRenderError): string => first?.message ?? '';

/** The same error, as the event loop would have raised it. */
export function unpacked(fault: Fault): Error {
  switch (fault.kind) {
    case 'missing':
      return new MissingVariables(fault.names);
    case 'media-url':
      return new InvalidMediaUrl(fault.part);
    case 'too-expensive':
      return new TemplateTooExpensive(fault.part, fault.reason);
    case 'render':
      return new TemplateRenderError(fault.part, fault.line, fault.column, fault.reason);
    case 'unforeseen':
      return new Error(`A template could not be rendered: ${fault.name}`);
  }
}
