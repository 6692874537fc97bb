/** How a variable says where its secret is: pure. */
import { objectIn } from '../json.js';

/** By the schemes of the references. */
export type ManagerName = 'aws-secrets' | 'azure-keyvault';

export interface SecretReference {
  readonly manager: ManagerName;
  /** Of the secret there: `name` or an ARN, and `vault/name`. */
  readonly path: string;
  /** A field of the secret, which is then a JSON object. */
  readonly field: string | undefined;
}

const REFERENCE = /^(aws-secrets|azure-keyvault):\/\/([^#\s]+)(?:#([^#\s]+))?$/;
const SCHEME = /^(?:aws-secrets|azure-keyvault):/;

/** Whether a value is meant to name a secret rather than to be one. */
export const isReference = (value: string): boolean => SCHEME.test(value);

/** Undefined for a text that is none. */
export function parseReference(text: string): SecretReference | undefined {
  const [, manager, path, field] = REFERENCE.exec(text) ?? [];
  if (path === undefined) return undefined;
  return { manager: manager as ManagerName, path, field };
}

/** The text of a field of a JSON object; undefined if it has none that is text or a number. */
export function fieldOf(secret: string, field: string): string | undefined {
  const object = objectIn(secret); // a parser's error would tell its text
  if (object === undefined || !Object.hasOwn(object, field)) return undefined;
  const value: unknown = Object.entries(object).find(([name]) => name === field)?.[1];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
