/** The OpenAPI document: Swagger UI at /docs, JSON at /docs-json, committed as openapi.json. */
import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiResponse, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { DomainError, PROBLEM_STATUS, toProblem, type Problem } from './errors.js';

const DESCRIPTION = `The message desk of a multi-tenant event platform.

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`. Lists are paged by \`limit\` and \`cursor\`.
Times are ISO 8601 UTC; money is integer micros and a currency. Any POST takes an \`Idempotency-Key\`.`;

export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Callboard')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A tenant API key, or the platform admin key with X-Tenant-Id' })
    .addSecurityRequirements('bearer')
    .build();
  return SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method });
}

export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), { jsonDocumentUrl: 'docs-json', customSiteTitle: 'Callboard API' });
}

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } } },
    requestId: { type: 'string' },
  },
};

/** Documents the errors a route answers with, from real instances: their code, status and sentence become the examples. */
export function ApiProblems(...errors: readonly DomainError[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, Problem[]>();
  for (const error of errors) {
    const status = PROBLEM_STATUS[error.kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), toProblem(error)]);
  }
  return applyDecorators(
    ...[...byStatus].map(([status, problems]) =>
      ApiResponse({
        status,
        description: problems.map((problem) => `\`${problem.code}\``).join(', '),
        content: {
          'application/problem+json': {
            schema: PROBLEM_SCHEMA as object,
            examples: Object.fromEntries(problems.map((problem) => [problem.code, { value: problem }])),
          },
        },
      }),
    ),
  );
}
