/** Where the API is, and who asks. */
import { ApiClient } from './api-client.js';
import { CommandFailed, type CliContext } from './context.js';

/** The options of commands that ask for one tenant. */
export const TENANT = {
  tenant: { type: 'string', value: 'tenant', meaning: 'id or slug of the tenant; needed with the admin key' },
} as const;

/**
 * The API at CALLBOARD_URL, asked with CALLBOARD_KEY; without the first the deployment that this environment configures, whose own
 * admin key goes there and nowhere else. Raises BadConfiguration, and CommandFailed without a key.
 */
export async function connect(context: CliContext): Promise<ApiClient> {
  const config = await context.loadConfig();
  const { apiUrl, publicUrl, apiKey } = config;
  const key = apiKey ?? (apiUrl === undefined ? (await context.findGround(config)).adminKey : undefined);
  if (key !== undefined) return new ApiClient({ url: apiUrl ?? publicUrl, key });
  throw new CommandFailed(
    apiUrl === undefined
      ? 'There is no key: set CALLBOARD_URL and CALLBOARD_KEY, or run this beside a service that has been started once.'
      : 'There is no key: set CALLBOARD_KEY to one of the deployment at CALLBOARD_URL.',
  );
}

/** The same for the tenant that was named, if one was. */
export async function connectFor(context: CliContext, tenant: string | undefined): Promise<ApiClient> {
  const api = await connect(context);
  return tenant === undefined ? api : api.forTenant(tenant);
}
