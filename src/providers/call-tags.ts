/** What a provider is told of a message beside its content, and gives back with its events: ids, and nothing personal. */
import type { Envelope } from './provider.port.js';

/** What Amazon SES and Resend take as the value of a tag. */
const TAG = /^[\w-]{1,200}$/;

/** By name; the correlation id only where every provider takes it as it is. */
export const callTags = ({
  tenantId,
  correlationId,
}: Pick<Envelope, 'tenantId' | 'correlationId'>): Readonly<Record<string, string>> => ({
  tenant: tenantId,
  ...(correlationId !== undefined && TAG.test(correlationId) && { correlation: correlationId }),
});
