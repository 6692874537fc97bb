import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../../kernel/index.js';
import { AutomationsModule } from '../automations.module.js';
import { BusIntake } from './bus-intake.js';
import { BusReports } from './bus-reports.js';
import { SERVICE_BUS, type ServiceBusConfig } from './service-bus-config.js';
import { ServiceBusReceiver } from './service-bus.receiver.js';

/** Empty without a bus, and in an api process, which works on nothing. */
@Module({})
export class ServiceBusModule {
  static forRoot({ serviceBus, role }: ServiceBusConfig & Pick<Config, 'role'>): DynamicModule {
    if (!serviceBus || role === 'api') return { module: ServiceBusModule };
    return {
      module: ServiceBusModule,
      imports: [AutomationsModule],
      providers: [{ provide: SERVICE_BUS, useValue: serviceBus }, BusIntake, BusReports, ServiceBusReceiver],
    };
  }
}
