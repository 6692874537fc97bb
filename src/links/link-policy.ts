/** Which links of a tenant are counted, and what they become. Pure. */
import type { Category } from '../tenants/index.js';

/** The longest address that is counted, which browsers and mail programs take. */
const MAX_LENGTH = 2_000;
/** Below it are counted links. */
export const LINK_PATH = '/l/';
/** Pages of ours that people must reach whatever becomes of the count, such as those to unsubscribe. */
const OWN_PATHS = [LINK_PATH, '/u/', '/f/'];

/** An address of the web as a browser asks for it. */
export interface WebLink {
  readonly url: string;
  readonly host: string;
  readonly path: string;
}

export interface LinkPolicy {
  readonly hosts: readonly string[];
  readonly categories: ReadonlySet<Category>;
  /** What counted links begin with, up to what stands for the message. */
  readonly base: string;
}

/** Null for what is no address of the web, or one with a password in it. */
export function webLinkOf(address: string): WebLink | null {
  if (address.length > MAX_LENGTH || !/^https?:\/\//i.test(address)) return null;
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '' || url.href.length > MAX_LENGTH) return null;
  return { url: url.href, host: url.hostname, path: url.pathname };
}

/** A link to one of our own pages is never counted. */
export function isCounted({ hosts }: LinkPolicy, { host, path }: WebLink): boolean {
  return hosts.some((one) => isBelow(host, one)) && !OWN_PATHS.some((own) => path.startsWith(own));
}

const isBelow = (host: string, name: string): boolean =>
  host.endsWith(name) && (host.length === name.length || host.charAt(host.length - name.length - 1) === '.');
