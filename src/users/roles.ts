/** What users may do, by their role: the single list behind their sessions, the API and docs/users.md. */
import type { PlatformPart } from '../kernel/index.js';
import { SCOPES, type Scope } from '../tenants/index.js';

export const ROLES = ['viewer', 'marketer', 'operator', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

interface Rights {
  readonly scopes: ReadonlySet<Scope>;
  /** Of a user of the platform: work beside that for tenants. Its admins do everything. */
  readonly parts: ReadonlySet<PlatformPart>;
}

/** What goes on, and nothing that people are sent or write. */
const SEES: readonly Scope[] = [
  'messages:read',
  'files:read',
  'automations:read',
  'campaigns:read',
  'audiences:read',
  'templates:read',
  'senders:read',
  'desk:read',
];

const rights = (scopes: readonly Scope[], parts: readonly PlatformPart[] = []): Rights => ({
  scopes: new Set(scopes),
  parts: new Set(parts),
});

export const RIGHTS: Readonly<Record<Role, Rights>> = {
  viewer: rights(SEES),
  marketer: rights([
    ...SEES,
    'campaigns:write',
    'audiences:write',
    'templates:write',
    'automations:write',
    'files:write',
    'consent:read',
    'conversations:read',
    'usage:read',
  ]),
  operator: rights(
    [
      ...SEES,
      'campaigns:approve',
      'messages:write',
      'content:read',
      'conversations:read',
      'conversations:write',
      'consent:read',
      'consent:write',
      'senders:write',
      'desk:write',
      'usage:read',
    ],
    ['operations'],
  ),
  finance: rights(['campaigns:read', 'senders:read', 'usage:read', 'desk:read'], ['finance']),
  admin: rights(SCOPES, ['operations', 'finance']),
};

/** Whether whoever has these scopes, or all of them, may let somebody have the role. */
export const mayGive = (scopes: ReadonlySet<string> | undefined, role: Role): boolean =>
  scopes === undefined || [...RIGHTS[role].scopes].every((scope) => scopes.has(scope));
