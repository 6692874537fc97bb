/** Prometheus metrics at /metrics. Labels are our own terms (routes, channels, codes), never addresses or ids. */
import { Controller, Get, Header, Injectable, Logger } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { Public } from '../http/auth.js';
import { errorLine } from '../postgres/error-line.js';

export interface GaugeOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

export interface Sample<Label extends string> {
  readonly labels?: Readonly<Record<Label, string>>;
  readonly value: number;
}

@Injectable()
export class Metrics {
  private readonly logger = new Logger(Metrics.name);
  readonly registry = new Registry();

  readonly httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Adds a gauge that is read at each scrape. If that fails it has no samples, and the other metrics are still served. */
  gauge<Label extends string = never>(
    { labelNames = [], ...named }: GaugeOptions<Label>,
    read: () => Promise<readonly Sample<Label>[]>,
  ): void {
    const measure = async (gauge: Gauge): Promise<void> => {
      gauge.reset();
      try {
        for (const { labels = {}, value } of await read()) gauge.set(labels, value);
      } catch (error) {
        this.logger.debug(`${named.name} was not read: ${errorLine(error)}`);
      }
    };
    const gauge = new Gauge({
      ...named,
      labelNames,
      registers: [],
      collect(): Promise<void> {
        return measure(this);
      },
    });
    this.registry.registerMetric(gauge);
  }
}

@Public()
@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format', operationId: 'metrics' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, schema: { type: 'string' } })
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
