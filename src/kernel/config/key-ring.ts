/** Encrypts stored credentials with AES-256-GCM under a ring of keys: the first encrypts, any decrypts. */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const KEY_ID = /^[\w-]{1,32}$/;

export class KeyRing {
  private readonly derived = new Map<string, readonly KeyObject[]>();
  private readonly listeners: (() => void)[] = [];

  private constructor(
    private keys: ReadonlyMap<string, Buffer>,
    private current: string,
  ) {}

  /** Reads `id:base64(32 bytes)[,id:base64…]`. Raises an Error that names the bad entry by position, never its content. */
  static parse(text: string): KeyRing {
    const keys = new Map<string, Buffer>();
    for (const [index, entry] of text.split(',').entries()) {
      const [id = '', encoded = ''] = entry.trim().split(':');
      const key = Buffer.from(encoded, 'base64');
      if (!KEY_ID.test(id) || key.length !== KEY_BYTES) {
        throw new Error(`CALLBOARD_ENCRYPTION_KEYS: entry ${index + 1} is not \`id:base64 of 32 bytes\``);
      }
      if (keys.has(id)) throw new Error(`CALLBOARD_ENCRYPTION_KEYS: entry ${index + 1} repeats the id "${id}"`);
      keys.set(id, key);
    }
    const [current = ''] = keys.keys();
    return new KeyRing(keys, current);
  }

  /** Takes the place of this ring, for all who have it, if it is another. Raises what `parse` raises. */
  replace(text: string): void {
    const { keys, current } = KeyRing.parse(text);
    const same = current === this.current && isDeepStrictEqual(keys, this.keys);
    if (same) return;
    [this.keys, this.current] = [keys, current];
    this.derived.clear();
    for (const listener of this.listeners) listener();
  }

  /** Hears when another ring has taken the place: what is stored may be under a key that is not the first now. It must not throw. */
  onReplaced(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** A new ring of one key, in the format read by `parse`. */
  static generate(): string {
    return `k${Date.now().toString(36)}:${randomBytes(32).toString('base64')}`;
  }

  /** `keyId.base64url(iv ‖ tag ‖ ciphertext)`, bound to `context`: it decrypts only for the same context. */
  encrypt(plaintext: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.current), iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return `${this.current}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** Raises an Error if the key is not in the ring, or the text was altered or encrypted for another context. */
  decrypt(encrypted: string, context: string): string {
    const [id = '', encoded = ''] = encrypted.split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
    // Without an explicit length, a truncated tag would be accepted, and is easily guessed.
    const decipher = createDecipheriv('aes-256-gcm', this.key(id), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  /** Keys of 32 bytes for one purpose, each made from one of the ring's: the current one's first. The same list while the ring is. */
  derive(purpose: string): readonly KeyObject[] {
    const known = this.derived.get(purpose);
    if (known) return known;
    const bytes = [...this.keys.values()].map((key) => hkdfSync('sha256', key, '', purpose, KEY_BYTES));
    const made = bytes.map((key) => createSecretKey(Buffer.from(key)));
    this.derived.set(purpose, made);
    return made;
  }

  /** True if a text was encrypted under another key than the current one. */
  isStale(encrypted: string): boolean {
    return !encrypted.startsWith(`${this.current}.`);
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (!key)
      throw new Error(`CALLBOARD_ENCRYPTION_KEYS lacks the key "${id}" that stored credentials were encrypted with`);
    return key;
  }
}
