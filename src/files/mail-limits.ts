/** How much an email may carry. */
import { DESCRIPTORS, descriptorOf } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';
import { AttachmentsTooLarge } from './files.errors.js';

/** Of every email for its texts, which may be half a million characters each, and its headers. */
const TEXT_BYTES = 2 * 1024 * 1024;

/** Bytes of a file in an email: Base64 in lines of 76 characters (RFC 2045, 6.8), with a head of its own. */
export const encodedBytes = (bytes: number): number => Math.ceil(bytes / 57) * 78 + 1_000;

/** What this provider takes of attachments in one email, encoded. */
export const roomFor = (provider: ProviderName): number => (descriptorOf(provider).mailBytes ?? 0) - TEXT_BYTES;

/** Raises AttachmentsTooLarge. */
export function requireRoom(files: readonly { readonly bytes: number }[], provider: ProviderName): void {
  const [bytes, room] = [sizeOf(files), roomFor(provider)];
  if (bytes > room) throw new AttachmentsTooLarge(bytes, room, provider);
}

/** The same for whichever provider takes least. Raises AttachmentsTooLarge. */
export function requireRoomAnywhere(files: readonly { readonly bytes: number }[]): void {
  for (const { name, mailBytes } of DESCRIPTORS) if (mailBytes !== undefined) requireRoom(files, name);
}

export const sizeOf = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((sum, file) => sum + encodedBytes(file.bytes), 0);
