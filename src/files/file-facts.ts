/** What is known of a file; it never changes. */

/** Bytes of one file. With what encoding adds to it, a file fits an email of every provider. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

export interface FileFacts {
  readonly id: string;
  readonly tenantId: string;
  /** As the recipient sees it; its ending is that of its content. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** SHA-256 of the content, in hex. */
  readonly digest: string;
  readonly storedIn: 'database' | 's3';
}
