/** A key of one tenant's service. The secret is shown once; only its hash is stored. */
import { createHash, randomBytes } from 'node:crypto';
import { defineEntity, p } from '@mikro-orm/core';
import { regionPart, TEST_KEY_PREFIX, type Mode, type RequestsPerMinute } from '../../kernel/index.js';
import type { Scope } from './scopes.js';

const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    name: p.text(),
    secretHash: p.text().hidden(),
    scopes: p.array().$type<Scope[]>(),
    createdAt: p.datetime().defaultRaw('now()'),
    createdBy: p.text(),
    expiresAt: p.datetime().nullable(),
    networks: p.array().$type<string[]>().default([]),
    requestsPerMinute: p.json().$type<RequestsPerMinute>().defaultRaw(`'{}'`),
    replaces: p.uuid().nullable(),
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
});

export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);

/** 256 random bits: too many to guess, so a fast hash is enough. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

const prefixOf = (mode: Mode): string => (mode === 'test' ? TEST_KEY_PREFIX : 'cb_');

/** Where a key is issued: part of its text. */
export interface KeyPlace {
  readonly mode: Mode;
  readonly region?: string | undefined;
}

/**
 * The key as its holder sends it: `cb_<id without hyphens>_<secret>`, or `cb_test_…` in test mode, so that a leaked one can be found by its id, and a
 * test key told from a live one. Where there is a region its name stands before the id: `cb_us_…`, `cb_test_us_…`.
 */
export const formatKey = ({ mode, region }: KeyPlace, id: string, secret: string): string =>
  `${prefixOf(mode)}${regionPart(region)}${id.replaceAll('-', '')}_${secret}`;

/** The parts of a key, or undefined if the text is not one of this place. Keys that were issued before a region had its name have none. */
export function parseKey({ mode, region }: KeyPlace, text: string): { id: string; secret: string } | undefined {
  const prefix = prefixOf(mode);
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const part = regionPart(region);
  const match = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([\w-]{43})$/.exec(
    rest.startsWith(part) ? rest.slice(part.length) : rest,
  );
  if (!match) return undefined;
  const [, ...parts] = match;
  return { id: parts.slice(0, 5).join('-'), secret: parts[5] ?? '' };
}
