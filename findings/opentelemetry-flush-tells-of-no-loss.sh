#!/usr/bin/env bash
# @opentelemetry/sdk-trace 3.1.0 with @opentelemetry/exporter-trace-otlp-http 0.301.0: that forceFlush() resolves does not mean that
# the spans have arrived. With the defaults, of 10,000 spans that end in one turn of the event loop the BatchSpanProcessor keeps 2,560 and
# drops the others: nothing is printed, forceFlush() and shutdown() resolve. A receiver that answers that it rejected all of them (OTLP's
# partialSuccess) is a success, too. Only a refused call makes forceFlush() reject, and then with an array of errors, which has no
# message and no stack for whoever logs it, and is no instanceof Error. All is told to the diag logger alone, and none is set unless the application does it. So
# the losses have to be counted around the processor and the exporter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-fund --no-audit --loglevel=error @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace@3.1.0 \
  @opentelemetry/exporter-trace-otlp-http@0.301.0 > /dev/null

cat > trace.mjs << 'JS'
import { createServer } from 'node:http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const ANSWERS = {
  takes: () => ({ status: 200, body: {} }),
  rejects: (count) => ({ status: 200, body: { partialSuccess: { rejectedSpans: count, errorMessage: 'over quota' } } }),
  refuses: () => ({ status: 400, body: {} }),
};

const answer = ANSWERS[process.argv[2]];
let arrived = 0;
const receiver = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
  const count = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length;
  arrived += count;
  const { status, body } = answer(count);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
await new Promise((listening) => receiver.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${receiver.address().port}/v1/traces`;
const provider = new TracerProvider({
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
});
const tracer = provider.getTracer('finding');
for (let count = 0; count < 10_000; count += 1) tracer.startSpan('work').end();
const flushed = await provider.forceFlush().then(
  () => 'resolves',
  (error) => `rejects with ${Array.isArray(error) ? 'an array' : 'an error'}`,
);
await provider.shutdown();
receiver.close();
console.log(`${process.argv[2]}: ${arrived} of 10000 arrived, forceFlush ${flushed}`);
JS

seen=$(for answer in takes rejects refuses; do node trace.mjs "$answer" 2>> printed; done)
printf '%s\nprinted beside it: %s bytes\n' "$seen" "$(wc -c < printed)"
expected='takes: 2560 of 10000 arrived, forceFlush resolves
rejects: 2560 of 10000 arrived, forceFlush resolves
refuses: 2560 of 10000 arrived, forceFlush rejects with an array'
[ "$seen" = "$expected" ] && [ ! -s printed ] || { echo 'The behaviour has changed.'; exit 1; }
