/** Routes whose callers choose the media type: providers send forms and plain text. All others require JSON. */
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** The route takes a body of any media type that the service can parse. `routine`: its successes are logged at debug. */
export const AnyMediaType = (more: { readonly routine?: boolean } = {}): MethodDecorator =>
  RouteConfig({ anyMediaType: true, ...more });

export const takesAnyMediaType = ({ routeOptions }: FastifyRequest): boolean =>
  'anyMediaType' in routeOptions.config && routeOptions.config.anyMediaType === true;
