/** What operators see: health and metrics. */
import { HealthChecks } from '../../src/kernel/index.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

describe('Health', () => {
  test('is live without a key', async () => {
    const { body } = await app.http.get('/health/live').expect(200);
    expect(body).toEqual({ status: 'ok' });
  });

  test('is ready when the database, the queue and each provider answer', async () => {
    const { body } = await app.http.get('/health/ready').expect(200);
    const up = { status: 'up' };
    expect(body).toEqual({
      status: 'ok',
      checks: {
        automations: up,
        database: up,
        doubts: up,
        lanes: up,
        months: up,
        notices: up,
        plivo: up,
        prices: up,
        queue: up,
        reports: up,
        resend: up,
        sendgrid: up,
        ses: up,
        statements: up,
        twilio: up,
        usage: up,
        workers: up,
      },
    });
  });

  test('is degraded, and still ready, when something fails that messages can wait for', async () => {
    const checks = app.nest.get(HealthChecks);
    checks.add('printer', false, () => Promise.reject(new Error('out of paper\nsecond line')));
    const { body } = await app.http.get('/health/ready').expect(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { printer: { status: 'down', reason: 'out of paper' } } });
  });

  test('is down when something critical does not answer in time', async () => {
    const checks = app.nest.get(HealthChecks);
    checks.add('silence', true, () => new Promise<never>(() => undefined));
    const { body } = await app.http.get('/health/ready').expect(503);
    expect(body).toMatchObject({ status: 'down', checks: { silence: { reason: 'no answer within 3000 ms' } } });
  });
});

describe('Metrics', () => {
  test('count requests by route, never by address', async () => {
    const tenant = await app.tenant();
    await app.as(tenant).get('/api/templates/ana@example.com').expect(404);
    await app.as(tenant).get('/nowhere/ana@example.com').expect(404);
    const { text, headers } = await app.http.get('/metrics').expect(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/templates/:key",status="404"} 1',
    );
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1');
    expect(text).toMatch(/^process_cpu_user_seconds_total /m);
    expect(text).not.toContain('ana');
  });
});
