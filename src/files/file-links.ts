/** Links to files, for messages that cannot carry them: a pass for a phone's wallet in a text, a map. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { Database, KeyRing, PublicUrl } from '../kernel/index.js';
import { fileToken, linkedFile, type LinkedFile } from './file-link.js';
import { FileUses } from './file-uses.js';
import { FileNotFound } from './files.errors.js';

@Injectable()
export class FileLinks implements OnModuleInit {
  constructor(
    private readonly ring: KeyRing,
    private readonly database: Database,
    private readonly publicUrl: PublicUrl,
    private readonly uses: FileUses,
  ) {}

  /** A file is kept as long as a link leads to it. */
  onModuleInit(): void {
    this.uses.add('file.linked_until > now()');
  }

  /** The address of a tenant's file until then, for whoever has it. Raises FileNotFound. */
  async make(file: LinkedFile): Promise<string> {
    const [key] = this.keys;
    if (!key) throw new Error('a key ring has a key');
    const found = await this.database.query(
      `update file set linked_until = greatest(linked_until, $3) where tenant_id = $1 and id = $2 returning id`,
      [file.tenantId, file.id, file.until],
    );
    if (found.length === 0) throw new FileNotFound();
    return `${await this.publicUrl.get()}/f/${fileToken(file, key)}`;
  }

  private get keys(): readonly KeyObject[] {
    return this.ring.derive('code of file links');
  }

  /** What a link's token leads to; undefined for one that is none of ours. */
  read(token: string): LinkedFile | undefined {
    return linkedFile(token, this.keys);
  }
}
