/** File routes: upload once, look, read back. */
import { Body, Controller, Get, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  BodyStream,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  StreamedBody,
  TenantId,
  type Page,
  type Principal,
  type StreamedRequestBody,
} from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { downloaded } from './content-disposition.js';
import {
  FileEmpty,
  FileNameMismatch,
  FileNotFound,
  FileStoreUnavailable,
  FileTypeRefused,
  LinkTooLong,
} from './files.errors.js';
import { FILE_BODY, FileLinkView, FileView, LinkFileBody, UploadFileQuery } from './files.dto.js';
import { LinkFile, MOST_LINK_DAYS } from './link-file.command.js';
import { KEPT_TYPES } from './file-types.js';
import { GetFile, GetFileContent, ListFiles } from './read-files.query.js';
import { UploadFile } from './upload-file.command.js';

@ApiTags('Files')
@Controller('api/files')
export class FilesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('files:write')
  @StreamedBody(FILE_BODY)
  @ApiOperation({
    summary: 'Upload a file for emails to carry',
    description:
      'The body is the file itself, up to 20 MiB. What it is is told by its content. The same content under the same name is the same file, so a repeated upload does no harm. It is kept as long as the messages that carry it, and 30 days after its last upload without any.',
  })
  @ApiCreatedResponse({ type: FileView })
  @ApiProblems(new FileEmpty(), new FileTypeRefused(['.pdf', '.png']), new FileNameMismatch('image/png', ['.png']))
  @ApiProblems(new FileStoreUnavailable())
  uploadFile(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Query() { name }: UploadFileQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<FileView> {
    return this.commands.execute(new UploadFile(tenantId, actorOf(caller), name, body));
  }

  @Get()
  @Scope('files:read')
  @ApiOperation({ summary: 'Files, newest first' })
  @ApiPage(FileView)
  @ApiProblems(new InvalidCursor())
  listFiles(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<FileView>> {
    return this.queries.execute(new ListFiles(tenantId, page));
  }

  @Get(':id')
  @Scope('files:read')
  @ApiOperation({ summary: 'What is known of a file' })
  @ApiOkResponse({ type: FileView })
  @ApiProblems(new FileNotFound())
  getFile(@TenantId() tenantId: string, @IdParam() id: string): Promise<FileView> {
    return this.queries.execute(new GetFile(tenantId, id));
  }

  @Get(':id/content')
  @Scope('content:read')
  @ApiOperation({ summary: 'The bytes of a file' })
  @ApiProduces(...KEPT_TYPES)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(new FileNotFound(), new FileStoreUnavailable())
  async getFileContent(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { file, content } = await this.queries.execute(new GetFileContent(tenantId, id));
    void reply.header('x-content-type-options', 'nosniff');
    return new StreamableFile(content, {
      type: file.mediaType,
      length: content.length,
      disposition: downloaded(file.name),
    });
  }

  @Post(':id/link')
  @Scope('files:write')
  @ApiOperation({
    summary: 'Make a link to a file, for messages that cannot carry it',
    description:
      'Whoever has the address gets the file, until it ends; the file is kept as long. Put it into the data of a template. A pass (`.pkpass`) opens in the phone’s wallet.',
  })
  @ApiCreatedResponse({ type: FileLinkView })
  @ApiProblems(new FileNotFound(), new LinkTooLong(MOST_LINK_DAYS))
  linkFile(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { expiresAt }: LinkFileBody,
  ): Promise<FileLinkView> {
    return this.commands.execute(new LinkFile(tenantId, id, expiresAt));
  }
}
