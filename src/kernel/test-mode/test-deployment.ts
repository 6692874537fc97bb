/** The deployment for test keys, as a live one reaches it: requests are passed on, and its operator's routes called. */
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { HealthChecks } from '../observability/health.js';
import { Metrics } from '../observability/metrics.js';
import { OtherDeployment, PASSED_ON_OUTCOMES } from '../passing-on/other-deployment.js';
import { MODE_HEADER, type TestDeploymentConfig } from './mode.js';
import { TestModeOff, TestModeUnavailable } from './test-mode.errors.js';

/** Requests to it: tests must not take what live requests need. */
const AT_ONCE = 64;

@Injectable()
export class TestDeployment implements OnApplicationShutdown {
  private readonly deployment: OtherDeployment | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    metrics: Metrics,
    health: HealthChecks,
  ) {
    const requests = metrics.counter({
      name: 'callboard.test_mode_requests_total',
      help: 'Requests that were passed on to the test deployment, by what became of them',
      labels: { outcome: PASSED_ON_OUTCOMES },
    });
    if (!config.testDeployment) return;
    const deployment = new OtherDeployment({
      name: 'The test deployment',
      url: config.testDeployment.url,
      atOnce: AT_ONCE,
      ownHeader: MODE_HEADER,
      count: (outcome) => requests.add({ outcome }),
      unavailable: () => new TestModeUnavailable(),
    });
    this.deployment = deployment;
    health.add('test-mode', false, () => deployment.ping());
  }

  /**
   * A call of its operator's. Answers the JSON of a success, if there is any. Raises TestModeOff, and TestModeUnavailable for anything else: what a caller can do wrong
   * is checked before.
   */
  async call(method: 'POST' | 'PUT', path: string, body: object): Promise<unknown> {
    const [deployment, { adminKey }] = this.reached();
    const { status, answer } = await deployment.call({ method, path, adminKey, body });
    if (status < 300) return answer;
    throw deployment.unexpected({ method, path }, status);
  }

  /**
   * Answers a request with what the test deployment says to it: both bodies are streamed. `asOperator`: with the admin key of that deployment, in place of
   * the key it came with. Raises TestModeOff, Overloaded and TestModeUnavailable.
   */
  async passOn(request: FastifyRequest, reply: FastifyReply, asOperator: boolean): Promise<void> {
    const [deployment, { adminKey }] = this.reached();
    await deployment.passOn(request, reply, { asOperator: asOperator ? adminKey : undefined });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.deployment?.close();
  }

  /** With the admin key as it is now. Raises TestModeOff. */
  private reached(): [OtherDeployment, TestDeploymentConfig] {
    const { testDeployment } = this.config;
    if (!this.deployment || !testDeployment) throw new TestModeOff();
    return [this.deployment, testDeployment];
  }
}
