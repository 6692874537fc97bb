/** What the service posts to URLs of its callers, for the API's documentation. The application names it, as it does the sections. */

export interface ApiWebhook {
  /** What receivers tell it by. */
  readonly name: string;
  readonly summary: string;
  /** An OpenAPI schema of what is posted; it may refer to components. */
  readonly schema: object;
  readonly example: object;
}

/** Injection token for the list. */
export const API_WEBHOOKS = Symbol('API_WEBHOOKS');

const header = (name: string, description: string): object => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

const HEADERS = [
  header('webhook-id', 'The same however often it is posted'),
  header('webhook-timestamp', 'When it was posted: seconds since 1970'),
  header('webhook-signature', '`v1,` and the base64 of an HMAC-SHA256, one for each valid secret, separated by blanks'),
];

const RESPONSES = {
  '2XX': { description: 'Taken, within 10 seconds: the body is not read' },
  410: { description: 'It will never be taken: the endpoint is disabled' },
  default: { description: 'It is posted again, for a day' },
};

/** As the extension `x-webhooks` has them: OpenAPI 3.0 has no field of its own. */
export const webhooksOf = (webhooks: readonly ApiWebhook[]): object =>
  Object.fromEntries(
    webhooks.map(({ name, summary, schema, example }) => [
      name,
      {
        post: {
          summary,
          parameters: HEADERS,
          requestBody: { required: true, content: { 'application/json': { schema, example } } },
          responses: RESPONSES,
        },
      },
    ]),
  );
