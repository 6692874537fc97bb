/** The OpenAPI document: Swagger UI at /docs, JSON at /docs-json, committed as openapi.json. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { VERSION } from '../version.js';
import { API_SECTIONS, type ApiSection } from './api-sections.js';
import { API_WEBHOOKS, webhooksOf, type ApiWebhook } from './api-webhooks.js';
import { completeOpenApi, METHODS } from './openapi-completion.js';

const DESCRIPTION = `The message desk of a multi-tenant event platform.

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`. Each route lists its own; an address or a method that
is not listed here answers \`not_found\` or \`method_not_allowed\`, a request that is too long or too slow to be read
\`headers_too_large\` or \`request_timeout\`. Lists are paged by \`limit\` and \`cursor\`. Times are ISO 8601 UTC;
money is integer micros and a currency. Any POST under /api takes an \`Idempotency-Key\`. Every answer carries \`X-Request-Id\`:
yours, if you sent one.`;

export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Callboard')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'opaque',
      description: 'A tenant API key, or the platform admin key with X-Tenant-Id',
    })
    .addSecurityRequirements('bearer')
    .build();
  const document = completeOpenApi(
    SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method }),
  );
  const webhooks = { 'x-webhooks': webhooksOf(app.get<readonly ApiWebhook[]>(API_WEBHOOKS)) };
  return { ...document, tags: sectionsOf(document, app.get<readonly ApiSection[]>(API_SECTIONS)), ...webhooks };
}

/** Those that have routes here: a deployment without the sandbox has none of it. */
function sectionsOf({ paths }: OpenAPIObject, sections: readonly ApiSection[]): ApiSection[] {
  const used = new Set(Object.values(paths).flatMap((item) => METHODS.flatMap((method) => item[method]?.tags ?? [])));
  return sections.filter(({ name }) => used.has(name));
}

export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Callboard API',
    swaggerOptions: { filter: true, persistAuthorization: true },
  });
}
