/** Price routes: lists for the operator, charges and quotes for tenants. */
import { Body, Controller, Get, HttpCode, Post, Put, Query, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  BodyStream,
  Caller,
  InvalidCursor,
  PageQuery,
  StreamedBody,
  TenantId,
  type Page,
  type Principal,
  type StreamedRequestBody,
} from '../../kernel/index.js';
import { ListUnreadable } from '../../lists/index.js';
import { AmbiguousAddress, InvalidAddress, Scope } from '../../tenants/index.js';
import { PreviewPrices } from './preview-prices.command.js';
import {
  ChargeView,
  PriceLinesQuery,
  PriceLineView,
  PriceListQuery,
  PRICES_BODY,
  PricesPreview,
  PriceVersionQuery,
  PriceVersionsQuery,
  PriceVersionView,
  PutPricesQuery,
  PutPricesView,
  QuoteBody,
  QuoteView,
} from './prices.dto.js';
import { NoPrices, PriceListEmpty, PriceListNotFound, PriceListRefused, PriceListTooLong } from './prices.errors.js';
import { ExportPrices, ListCharges, ListPriceLines, ListPriceLists, ListPriceVersions } from './prices.query.js';
import { PutPrices } from './put-prices.command.js';
import { QuotePrice } from './quote-price.query.js';

@ApiTags('Prices')
@Controller('api/prices')
export class PricesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({
    summary: 'What the tenant is charged, by the prices of its plan that are valid now',
    description: 'A line that is `isQuoted` has no price of its own: a quote says what a message is charged by it.',
  })
  @ApiPage(ChargeView)
  @ApiProblems(new NoPrices(), new InvalidCursor())
  listCharges(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<ChargeView>> {
    return this.queries.execute(new ListCharges(tenantId, page));
  }

  @Put()
  @AdminOnly('finance')
  @StreamedBody(PRICES_BODY)
  @ApiOperation({
    summary: 'Put the next version of a price list',
    description: `All of it is taken, or nothing; \`errors\` then names the first 100 faults by row, each with its code. Versions never change: what
was priced by one stays as it is. The same content again makes no version.`,
  })
  @ApiOkResponse({ type: PutPricesView })
  @ApiProblems(new PriceListRefused([{ line: 17, code: 'too_precise', field: 'price' }]), new PriceListEmpty())
  @ApiProblems(new PriceListTooLong(), new ListUnreadable())
  putPrices(
    @Caller() caller: Principal,
    @Query() { kind, name, validFrom }: PutPricesQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<PutPricesView> {
    return this.commands.execute(new PutPrices(caller, { kind, name }, validFrom, body));
  }

  @Post('dry-run')
  @HttpCode(200)
  @AdminOnly('finance')
  @StreamedBody(PRICES_BODY)
  @ApiOperation({ summary: 'What a price list would be read as, and refused for; nothing is written' })
  @ApiOkResponse({ type: PricesPreview })
  @ApiProblems(new PriceListEmpty(), new PriceListTooLong(), new ListUnreadable())
  previewPrices(
    @Query() { kind, name }: PriceListQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<PricesPreview> {
    return this.commands.execute(new PreviewPrices({ kind, name }, body));
  }

  @Get('lists')
  @AdminOnly('finance')
  @ApiOperation({ summary: 'All price lists, each with its newest version' })
  @ApiPage(PriceVersionView)
  @ApiProblems(new InvalidCursor())
  listPriceLists(@Query() page: PageQuery): Promise<Page<PriceVersionView>> {
    return this.queries.execute(new ListPriceLists(page));
  }

  @Get('versions')
  @AdminOnly('finance')
  @ApiOperation({ summary: 'The versions of a price list, newest first' })
  @ApiPage(PriceVersionView)
  @ApiProblems(new PriceListNotFound(), new InvalidCursor())
  listPriceVersions(@Query() query: PriceVersionsQuery): Promise<Page<PriceVersionView>> {
    return this.queries.execute(new ListPriceVersions(query));
  }

  @Get('lines')
  @AdminOnly('finance')
  @ApiOperation({ summary: 'The lines of a version of a price list, in their order' })
  @ApiPage(PriceLineView)
  @ApiProblems(new PriceListNotFound(), new InvalidCursor())
  listPriceLines(@Query() query: PriceLinesQuery): Promise<Page<PriceLineView>> {
    return this.queries.execute(new ListPriceLines(query));
  }

  @Get('export')
  @AdminOnly('finance')
  @ApiOperation({
    summary: 'A version of a price list as CSV',
    description: 'In the form that an import takes: put again, it is the same version.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    content: { 'text/csv': { schema: { type: 'string' }, example: 'channel,direction,…\nsms,outbound,…\n' } },
  })
  @ApiProblems(new PriceListNotFound())
  async exportPrices(@Query() query: PriceVersionQuery): Promise<StreamableFile> {
    const csv = await this.queries.execute(new ExportPrices(query));
    return new StreamableFile(Buffer.from(csv), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="prices.csv"',
    });
  }

  @Post('quote')
  @HttpCode(200)
  @Scope('usage:read')
  @ApiOperation({
    summary: 'What one message is charged, or that no price is known',
    description:
      'With the admin key also what it costs. A price that is not known is `isKnown: false` with the reason.',
  })
  @ApiOkResponse({ type: QuoteView })
  @ApiProblems(new InvalidAddress('sms').at('to'), new AmbiguousAddress(['+491713920001']).at('to'))
  quotePrice(@Caller() caller: Principal, @TenantId() tenantId: string, @Body() body: QuoteBody): Promise<QuoteView> {
    return this.queries.execute(new QuotePrice(caller, tenantId, body));
  }
}
