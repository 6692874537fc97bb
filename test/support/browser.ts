/** As much of a browser as signing in needs: cookies by origin, and redirects one at a time. */

export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();

  constructor(private readonly home: string) {}

  /** Of a page of ours, with what a browser says of itself, unless it is to say something else. */
  async send(
    method: string,
    path: string,
    { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const own = { origin: this.home, 'sec-fetch-site': 'same-origin', ...headers };
    const content = body && { body: JSON.stringify(body) };
    return this.ask(new URL(path, this.home), {
      method,
      headers: { ...own, ...(body && { 'content-type': 'application/json' }) },
      ...content,
    });
  }

  /** Opens an address and goes where it is led, until an answer is no redirect, or leads to where `until` says. */
  async open(address: string, until: (url: URL) => boolean = () => false): Promise<{ url: URL; answer: Response }> {
    let url = new URL(address, this.home);
    for (let hops = 0; hops < 20; hops += 1) {
      const answer = await this.ask(url, {});
      const location = answer.headers.get('location');
      if (location === null) return { url, answer };
      url = new URL(location, url);
      if (until(url)) return { url, answer };
    }
    throw new Error('led in circles');
  }

  /** A form. */
  submit(address: string, fields: Record<string, string>): Promise<Response> {
    return this.ask(new URL(address), { method: 'POST', body: new URLSearchParams(fields) });
  }

  cookie(name: string): string | undefined {
    return this.jarOf(new URL(this.home)).get(name);
  }

  setCookie(name: string, value: string): void {
    this.jarOf(new URL(this.home)).set(name, value);
  }

  private async ask(url: URL, request: RequestInit): Promise<Response> {
    const jar = this.jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      ...request,
      redirect: 'manual',
      headers: { ...(request.headers as Record<string, string>), ...(cookie && { cookie }) },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  private jarOf({ origin }: URL): Map<string, string> {
    const jar = this.jars.get(origin) ?? new Map<string, string>();
    this.jars.set(origin, jar);
    return jar;
  }
}
