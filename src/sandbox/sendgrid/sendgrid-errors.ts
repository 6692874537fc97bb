/** SendGrid's responses and error formats: https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses */
import { WireRefusal, type WireAnswer } from '../wire.js';

export interface SendGridProblem {
  readonly message: string;
  readonly field?: string;
}

export const sendGridJson = (status: number, body: object, headers: Record<string, string> = {}): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const sendGridErrors = (
  status: number,
  problems: readonly SendGridProblem[],
  headers: Record<string, string> = {},
): WireAnswer => {
  const errors = problems.map(({ message, field = null }) => ({ message, field, help: null }));
  return sendGridJson(status, { errors }, headers);
};

export const sendGridRefusal = (status: number, problems: readonly SendGridProblem[]): WireRefusal =>
  new WireRefusal(sendGridErrors(status, problems));
