/** Signatures that Amazon refused for their time: the call is made once more, signed by the other clock. */
import type { SESv2Client } from '@aws-sdk/client-sesv2';

/** A call refused under one of these names was not carried out. The first two have other causes too, such as a wrong secret. */
const REFUSED: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
]);
/** AWS accepts a signature for five minutes. */
const SKEWED_MS = 240_000;

/** Raised by a call that was refused by both clocks. Nothing was sent. */
export class ClockSkew extends Error {
  /** Amazon's name for the refusal. */
  readonly code: string;

  constructor(cause: Error) {
    super('Amazon refused the time of the signature', { cause });
    this.name = 'ClockSkew';
    this.code = cause.name;
  }
}

/**
 * The SDK (3.1176) signs by the `Date` header of the last answer, whoever wrote it: after one stale answer, the next signature is
 * refused. Then this machine's clock is the right one. If that was used and refused, the SDK has just taken Amazon's.
 */
export function correctClock(client: SESv2Client): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const signedAt = (): number => timeOf(context['signedAt']);
      try {
        return await next(args);
      } catch (error) {
        if (!isSkewed(error, signedAt())) throw error;
        if (isFar(signedAt(), Date.now())) client.config.systemClockOffset = 0;
      }
      try {
        return await next(args);
      } catch (error) {
        throw isSkewed(error, signedAt()) ? new ClockSkew(error) : error;
      }
    },
    { name: 'signOnceMore', step: 'build', priority: 'low' },
  );
  client.middlewareStack.add(
    (next, context) => (args) => {
      const { headers } = args.request as { readonly headers: Readonly<Record<string, string>> };
      context['signedAt'] = headers['x-amz-date'];
      return next(args);
    },
    { name: 'noteTimeOfSignature', step: 'finalizeRequest', priority: 'low' }, // after it is signed,
  );
}

type Refusal = Error & { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } };

/** Whether a signature was refused whose time is far from this machine's clock, or from Amazon's. */
function isSkewed(error: unknown, signedAt: number): error is Refusal {
  if (!(error instanceof Error && REFUSED.has(error.name))) return false;
  const answeredAt = Date.parse((error as Refusal).$response?.headers?.['date'] ?? '');
  return isFar(signedAt, Date.now()) || isFar(signedAt, answeredAt);
}

/** False where a time is not known. */
const isFar = (one: number, other: number): boolean => Math.abs(one - other) >= SKEWED_MS;

/** The milliseconds of `20261128T231500Z`. */
function timeOf(date: unknown): number {
  return Date.parse(String(date).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
