/** Amazon SES v2 responses and error formats: the type in a header, the message in the body. */
import { WireRefusal, type WireAnswer } from '../wire.js';

const STATUS = {
  BadRequestException: 400,
  MessageRejected: 400,
  /** Invented: a type that no table lists. */
  OddException: 400,
  NotFoundException: 404,
  TooManyRequestsException: 429,
  InternalServiceErrorException: 500,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  SignatureDoesNotMatch: 403,
} as const;
export type SesErrorType = keyof typeof STATUS;

export function sesError(type: SesErrorType, message: string): WireAnswer {
  return sesJson({ message }, STATUS[type], { 'x-amzn-errortype': type });
}

export const sesRefusal = (type: SesErrorType, message: string): WireRefusal =>
  new WireRefusal(sesError(type, message));

export const sesJson = (body: object, status = 200, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': crypto.randomUUID(), ...headers },
  body: JSON.stringify(body),
});
