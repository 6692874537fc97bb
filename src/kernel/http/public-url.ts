/** Where providers and people reach this deployment: the base of callback and unsubscribe links. */
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DeploymentFacts } from '../postgres/deployment-facts.js';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';

const KEY = 'public_url';
const CACHE_MS = 10_000;

/** Raised by a worker that cannot know the api processes' address yet. */
export class PublicUrlUnknown extends Error {
  constructor() {
    super('No api process has told its address yet: start one, or set PUBLIC_URL for the worker too');
    this.name = 'PublicUrlUnknown';
  }
}

@Injectable()
export class PublicUrl implements OnApplicationBootstrap {
  private known: { url: string; until: number } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'role' | 'publicUrl' | 'publicUrlGiven'>,
    private readonly deployment: DeploymentFacts,
  ) {}

  /** An api process stores its address in the database for workers without PUBLIC_URL. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.isOwn()) {
      await this.deployment.write(KEY, this.config.publicUrl);
    }
  }

  /** The base URL without a trailing slash. Raises PublicUrlUnknown. */
  async get(): Promise<string> {
    if (this.isOwn()) return this.config.publicUrl;
    if (this.known && this.known.until > performance.now()) return this.known.url;
    const url = await this.deployment.read(KEY);
    if (url === undefined) throw new PublicUrlUnknown();
    this.known = { url, until: performance.now() + CACHE_MS };
    return url;
  }

  private isOwn(): boolean {
    return this.config.role !== 'worker' || this.config.publicUrlGiven;
  }
}
