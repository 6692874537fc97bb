/** Streamed bodies in the OpenAPI document. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { BodyIncomplete, BodyTooLarge, MalformedJson, UnsupportedMediaType } from '../http/edge.errors.js';
import type { DomainError } from '../errors.js';
import { STREAMED_EXTENSION, type StreamedContent } from '../http/streamed-body.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

/** Gives an operation the body attached by `StreamedBody`, and returns the errors that such a body can cause. */
export function takeStreamedBody(operation: Operation): DomainError[] | undefined {
  const fields = operation as unknown as Record<string, unknown>;
  const streamed = fields[STREAMED_EXTENSION] as StreamedContent | undefined;
  if (!streamed) return undefined;
  delete fields[STREAMED_EXTENSION];
  operation.requestBody = { required: true, content: { ...streamed.content } };
  return [
    new MalformedJson(),
    new BodyIncomplete(),
    new BodyTooLarge(streamed.limit),
    new UnsupportedMediaType(Object.keys(streamed.content)),
  ];
}
