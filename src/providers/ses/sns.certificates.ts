/** The certificates Amazon SNS signs with. */
import { X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { UncheckedWebhook } from '../webhook.errors.js';

const MAX_KEPT = 16;
const MAX_FETCHES = 4;

/**
 * Certificates by URL: each is fetched once, even under concurrent requests. Only valid ones are kept, and only the latest few,
 * so that made-up URLs can neither fill the memory, evict valid ones, nor start many concurrent fetches.
 */
export class SnsCertificates {
  private readonly kept = new LRUCache<string, X509Certificate>({ max: MAX_KEPT });
  private readonly fetching = new Map<string, Promise<X509Certificate>>();

  /** `fetchCert` returns the PEM text at a URL. */
  constructor(private readonly fetchCert: (url: string) => Promise<string>) {}

  /** Throws `UncheckedWebhook` if the certificate is not available now. */
  async at(url: string): Promise<X509Certificate> {
    const known = this.kept.get(url) ?? this.fetching.get(url);
    if (known) return known;
    if (this.fetching.size >= MAX_FETCHES) throw new UncheckedWebhook('too many certificates are being fetched');
    const fetched = this.fetch(url).finally(() => this.fetching.delete(url));
    this.fetching.set(url, fetched);
    return fetched;
  }

  private async fetch(url: string): Promise<X509Certificate> {
    try {
      const certificate = new X509Certificate(await this.fetchCert(url));
      this.kept.set(url, certificate);
      return certificate;
    } catch (error) {
      throw new UncheckedWebhook('the signing certificate cannot be had', error);
    }
  }
}
