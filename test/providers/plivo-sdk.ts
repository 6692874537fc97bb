/** Plivo's SDK, the oracle of our own calls and signatures: it is for tests alone (ADR 0021). */
import { createRequire } from 'node:module';

type Said = Readonly<Record<string, unknown>>;

interface PlivoSdk {
  readonly Client: new (
    authId: string,
    authToken: string,
    options: { readonly url: string; readonly timeout: number },
  ) => PlivoSdkClient;
  validateV3Signature(
    method: string,
    url: string,
    nonce: string,
    authToken: string,
    signature: string,
    fields: Readonly<Record<string, unknown>>,
  ): boolean;
  validateSignature(url: string, nonce: string, signature: string, authToken: string): boolean;
}

export interface PlivoSdkClient {
  readonly messages: {
    create(
      src: string,
      dst: string,
      text: string,
      options: object,
    ): Promise<{ readonly messageUuid?: readonly string[]; readonly message?: string }>;
    get(uuid: string): Promise<Said>;
    list(filter: object): Promise<readonly Said[]>;
  };
  readonly numbers: {
    search(country: string, filter: object): Promise<readonly Said[]>;
    buy(number: string, appId?: string): Promise<Said>;
    list(filter?: object): Promise<readonly Said[]>;
    get(number: string): Promise<Said>;
    update(number: string, changes: object): Promise<Said>;
    unrent(number: string): Promise<boolean>;
  };
  readonly applications: {
    create(name: string, settings: object): Promise<Said>;
    list(filter?: object): Promise<readonly Said[]>;
    get(id: string): Promise<Said>;
    update(id: string, changes: object): Promise<Said>;
  };
}

interface AxiosCall {
  readonly url: string;
}
interface Axios {
  readonly defaults: { adapter: (call: AxiosCall) => unknown };
  getAdapter(name: string): (call: AxiosCall) => unknown;
}

const require = createRequire(import.meta.url);
/** Its types have no classes. */
export const plivoSdk = require('plivo') as PlivoSdk;
/** The SDK's own HTTP client. */
const axios = createRequire(require.resolve('plivo'))('axios') as Axios;

/** The SDK asks for applications at api.plivo.com, whatever address it is given. By account: where that is here. */
const led = new Map<string, string>();
const PLIVO = /^https:\/\/api\.plivo\.com\/v1\/Account\/([^/]+)/;
const http = axios.getAdapter('http');
axios.defaults.adapter = (call) => {
  const url = call.url.replace(PLIVO, (_, account: string) => led.get(account) ?? 'http://127.0.0.1:1');
  return http({ ...call, url });
};

/** The SDK, for an account at this origin; clients wait for as long as any machine needs. */
export function plivoClient(
  origin: string,
  { authId, authToken }: { readonly authId: string; readonly authToken: string },
): PlivoSdkClient {
  const url = `${origin}/v1/Account/${authId}`;
  led.set(authId, url);
  return new plivoSdk.Client(authId, authToken, { url, timeout: 50_000 });
}

/** Makes an application without the words that the SDK prints, and answers its id. */
export async function newApplication(
  { applications }: PlivoSdkClient,
  name: string,
  settings: object,
): Promise<string> {
  const { console: screen } = globalThis;
  globalThis.console = Object.assign(Object.create(screen) as Console, { log: () => undefined });
  const made = applications.create(name, { ...settings });
  globalThis.console = screen;
  return String((await made)['appId']);
}
