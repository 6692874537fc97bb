/** Encrypts stored credentials with AES-256-GCM under a ring of keys: the first encrypts, any decrypts. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[\w-]{1,32}$/;

export class KeyRing {
  private constructor(
    private readonly keys: ReadonlyMap<string, Buffer>,
    private readonly current: string,
  ) {}

  /** Reads `id:base64(32 bytes)[,id:base64…]`. Raises an Error that names the bad entry by position, never its content. */
  static parse(text: string): KeyRing {
    const keys = new Map<string, Buffer>();
    for (const [index, entry] of text.split(',').entries()) {
      const [id = '', encoded = ''] = entry.trim().split(':');
      const key = Buffer.from(encoded, 'base64');
      if (!KEY_ID.test(id) || key.length !== 32) {
        throw new Error(`CALLBOARD_ENCRYPTION_KEYS: entry ${index + 1} is not \`id:base64 of 32 bytes\``);
      }
      if (keys.has(id)) throw new Error(`CALLBOARD_ENCRYPTION_KEYS: entry ${index + 1} repeats the id "${id}"`);
      keys.set(id, key);
    }
    const [current = ''] = keys.keys();
    return new KeyRing(keys, current);
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
