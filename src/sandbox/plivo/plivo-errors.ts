/** Plivo's responses and error formats: https://www.plivo.com/docs/messaging/api/overview */
import { randomUUID } from 'node:crypto';
import { WireRefusal, type WireAnswer } from '../wire.js';

const WORDS = {
  400: 'The request is not valid',
  401: 'authentication failed',
  404: 'not found',
  /** Invented: a status that no table lists. */
  418: 'Something that no table lists',
  429: 'rate limit exceeded',
  500: 'internal error',
} as const;

export const plivoJson = (status: number, body: object): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ api_id: randomUUID(), ...body }),
});

export const plivoError = (status: keyof typeof WORDS, error: string = WORDS[status]): WireAnswer =>
  plivoJson(status, { error });

export const plivoRefusal = (status: keyof typeof WORDS, error?: string): WireRefusal =>
  new WireRefusal(plivoError(status, error));
