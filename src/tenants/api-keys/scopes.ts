/** What API keys may do: the single list behind routes, keys and documentation. */
import { RequiresScope } from '../../kernel/index.js';

export const SCOPES = [
  'messages:write',
  'messages:read',
  'content:read',
  'conversations:write',
  'conversations:read',
  'files:write',
  'files:read',
  'events:write',
  'automations:write',
  'automations:read',
  'campaigns:write',
  'campaigns:approve',
  'campaigns:read',
  'audiences:write',
  'audiences:read',
  'templates:write',
  'templates:read',
  'consent:write',
  'consent:read',
  'privacy:write',
  'privacy:read',
  'senders:write',
  'senders:read',
  'settings:write',
  'users:write',
  'users:read',
  'usage:read',
  'desk:write',
  'desk:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Stands for every scope that exists when the key is issued. */
export const ALL_SCOPES = '*';

/** A tenant's key needs this scope for the route; the admin key has them all. */
export const Scope = (scope: Scope): MethodDecorator & ClassDecorator => RequiresScope(scope);
