/** Request and response shapes of the file routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, Text, type StreamedContent } from '../kernel/index.js';
import { MAX_FILE_BYTES } from './file-facts.js';
import { KEPT_TYPES, MEDIA_TYPES } from './file-types.js';

const BYTES = { schema: { type: 'string', format: 'binary' }, example: 'the bytes of the file' };

/** Whatever type the request names, the content decides. */
export const FILE_BODY: StreamedContent = {
  limit: MAX_FILE_BYTES,
  content: Object.fromEntries(['application/octet-stream', ...MEDIA_TYPES].map((type) => [type, BYTES])),
};

export class UploadFileQuery {
  @Text({
    max: 100,
    pattern: /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]*[^\s\p{Cc}\p{Cf}/\\:*?"<>|.]$/u,
    meaning: 'the name of a file, without a path',
    description: 'As recipients see it; its ending must be that of the content',
    example: 'ticket-A-1001.pdf',
  })
  name: string;
}

export class LinkFileBody {
  @Instant({ required: false, description: 'When the link ends: in 90 days if it is absent, and in 400 at the latest' })
  expiresAt?: Date;
}

export class FileLinkView {
  @ApiProperty({ type: String, example: 'https://callboard.example.com/f/AZnzoHweezqdHC9Lao…' }) url: string;
  @Instant() expiresAt: string;
}

export class FileView {
  @Id() id: string;
  @ApiProperty({ type: String, example: 'ticket-A-1001.pdf' }) name: string;
  @OneOf(KEPT_TYPES, { description: 'By the content', example: 'application/pdf' }) mediaType: string;
  @ApiProperty({ type: Number, example: 48_210 }) bytes: number;
  @ApiProperty({ type: String, example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256: string;
  @Instant({ description: 'Last' }) uploadedAt: string;
}
