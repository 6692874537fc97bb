/** A Redis client by a URL that is read anew for each connection: so are all that BullMQ makes of it. */
import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';

/** The parameters of a `rediss` URL, by PostgreSQL's names: a certificate authority, and a certificate of our own with its key. */
const FILES = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const;

type Options = Omit<RedisOptions, 'replyMapping'>;

export class CurrentRedis extends Redis {
  private readonly url: (() => string) | undefined;

  /** Raises an Error for a file of the URL that cannot be read. */
  constructor(url: () => string, options: Options) {
    const { address, tls } = parts(url());
    super(address, { ...(tls && { tls }), ...options }); // may connect: `url` is not set yet, nor another
    this.url = url;
  }

  override connect(...done: Parameters<Redis['connect']>): Promise<void> {
    if (this.url) {
      const { username, password } = new URL(this.url());
      Object.assign(this.options, {
        username: decodeURIComponent(username),
        password: decodeURIComponent(password) || undefined,
      });
    }
    return super.connect(...done);
  }

  override duplicate(override?: Partial<Options>): Redis {
    if (!this.url) throw new Error('it is copied once it is made');
    return new CurrentRedis(this.url, { ...this.options, ...override });
  }
}

/** The URL as ioredis takes it, and what it does not take from one. */
function parts(text: string): { address: string; tls: RedisOptions['tls'] } {
  const url = new URL(text);
  const named = Object.entries(FILES).flatMap(([option, parameter]) => {
    const path = url.searchParams.get(parameter);
    url.searchParams.delete(parameter);
    return path === null ? [] : [[option, contentOf(path, parameter)] as const];
  });
  return { address: url.toString(), tls: named.length > 0 ? Object.fromEntries(named) : undefined };
}

function contentOf(path: string, parameter: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`QUEUE_URL: the file of \`${parameter}\` cannot be read: ${codeOf(error)}`, { cause: error });
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'the reason is not known';
