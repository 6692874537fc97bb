/** Where the OpenID provider of tests keeps what it knows: in this process. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

export class OpenIdMemory implements Adapter {
  private static readonly all = new Map<string, AdapterPayload>();

  constructor(private readonly kind: string) {}

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    OpenIdMemory.all.set(this.placeOf(id), payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return OpenIdMemory.all.get(this.placeOf(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.own().find((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.own().find((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1_000);
  }

  async destroy(id: string): Promise<void> {
    OpenIdMemory.all.delete(this.placeOf(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [place, payload] of OpenIdMemory.all) if (payload.grantId === grantId) OpenIdMemory.all.delete(place);
  }

  private placeOf(id: string): string {
    return `${this.kind} ${id}`;
  }

  private own(): AdapterPayload[] {
    return [...OpenIdMemory.all].filter(([place]) => place.startsWith(`${this.kind} `)).map(([, payload]) => payload);
  }
}
