/** SDK clients by account: created once, bounded in number. */
import { LRUCache } from 'lru-cache';
import type { Outcome, ProviderAccount } from './provider.port.js';
import { AccountNotWell, outcomeOf, type AccountFault } from './verdict.js';

/** An account lacks a credential, or has a malformed one. Never names the value. */
export class BadCredential extends Error {
  constructor(name: string) {
    super(`the provider account has no usable credential "${name}"`);
    this.name = 'BadCredential';
  }
}

/** Reads one credential. Throws `BadCredential` if it is missing or malformed. */
export function credential(account: ProviderAccount, name: string, form = /\S/): string {
  const value = account.credentials[name];
  if (value === undefined || !form.test(value)) throw new BadCredential(name);
  return value;
}

/** Why an account is of no use, by what asking its provider threw. */
export function accountFaultOf(error: unknown): AccountFault {
  if (error instanceof AccountNotWell) return error.fault;
  return error instanceof BadCredential ? 'credentials' : 'unreachable';
}

/** The outcome of every envelope of an account whose client cannot be created. */
export function refusedSetUp(error: unknown): Outcome {
  const message = error instanceof BadCredential ? error.message : 'the SDK does not take the credentials';
  return outcomeOf('config', 'credentials', { message });
}

/**
 * Keeps the clients of the most recently used accounts. An evicted client is only forgotten, never closed: calls may be in
 * flight on it. So clients must share connections that close by themselves when idle.
 */
export class ClientCache<Client extends object> {
  private readonly clients: LRUCache<string, Client>;

  constructor(
    private readonly make: (account: ProviderAccount) => Client,
    limit = 200,
  ) {
    this.clients = new LRUCache({ max: limit });
  }

  /** Throws what `make` throws, and then caches nothing. */
  get(account: ProviderAccount): Client {
    const key = `${account.id}:${account.version}`;
    const kept = this.clients.get(key);
    if (kept) return kept;
    const client = this.make(account);
    this.clients.set(key, client);
    return client;
  }
}
