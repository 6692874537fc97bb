/** Makes a link to a file. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { FileLinkView } from './files.dto.js';
import { FileLinks } from './file-links.js';
import { LinkTooLong } from './files.errors.js';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 90;
export const MOST_LINK_DAYS = 400;

export class LinkFile extends Command<FileLinkView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly expiresAt: Date | undefined,
  ) {
    super();
  }
}

@CommandHandler(LinkFile)
export class LinkFileHandler implements ICommandHandler<LinkFile> {
  constructor(private readonly links: FileLinks) {}

  /** For 90 days unless another end is given. Raises FileNotFound and LinkTooLong. */
  async execute({ tenantId, id, expiresAt }: LinkFile): Promise<FileLinkView> {
    const now = Date.now();
    const end = Math.floor((expiresAt?.getTime() ?? now + USUAL_DAYS * DAY_MS) / 1_000) * 1_000;
    if (end <= now || end > now + MOST_LINK_DAYS * DAY_MS) throw new LinkTooLong(MOST_LINK_DAYS);
    const until = new Date(end);
    return { url: await this.links.make({ tenantId, id, until }), expiresAt: until.toISOString() };
  }
}
