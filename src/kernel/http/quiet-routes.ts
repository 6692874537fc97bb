/** Routes that machines ask all day. */
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Modules may add such routes. */
    quiet?: boolean;
    /** Called in such numbers that its successes are only for debugging. */
    routine?: boolean;
  }
}

/** Health, metrics, and what is marked `quiet`: neither logged nor traced, and always answered. */
export const isQuiet = ({ routeOptions: { url = '', config } }: FastifyRequest): boolean =>
  /^\/(health|metrics)(\/|$)/.test(url) || config.quiet === true;
