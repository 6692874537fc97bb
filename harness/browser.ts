/** A Chromium of our own, where the machine has one, driven over its DevTools protocol: a person's clicks, on pages as they are shown. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0'];

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** One page, without scripts of its own. */
export class BrowserPage {
  constructor(private readonly call: (method: string, parameters?: object) => Promise<Record<string, unknown>>) {}

  async open(url: string): Promise<void> {
    await this.loaded(() => this.call('Page.navigate', { url }));
  }

  /** Clicks the one element in its middle. */
  async click(selector: string): Promise<void> {
    const { content } = (await this.box(selector)).model;
    const [left = 0, top = 0, right = 0, , , bottom = 0] = content;
    const place = { x: (left + right) / 2, y: (top + bottom) / 2, button: 'left', clickCount: 1 };
    for (const type of ['mousePressed', 'mouseReleased'])
      await this.call('Input.dispatchMouseEvent', { type, ...place });
  }

  /** Clicks an element that leads to another page, and waits for that. */
  async submit(selector: string): Promise<void> {
    await this.loaded(() => this.click(selector));
  }

  /** Chooses an option with the keyboard: of a list that is closed, letters choose by what options say. */
  async choose(selector: string, letters: string): Promise<void> {
    await this.call('DOM.focus', { nodeId: await this.node(selector) });
    for (const text of letters) await this.call('Input.dispatchKeyEvent', { type: 'char', text });
  }

  /** What an expression of the page's document is. */
  async read<T>(expression: string): Promise<T> {
    const { result } = await this.call('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value: T }).value;
  }

  private async loaded(act: () => Promise<unknown>): Promise<void> {
    await this.read(`document.documentElement.dataset.before = ''`);
    await act();
    for (;;) {
      const isThere = await this.read<boolean>(
        `document.readyState === 'complete' && document.documentElement.dataset.before === undefined`,
      ).catch(() => false); // the page is being replaced
      if (isThere) return;
    }
  }

  private async node(selector: string): Promise<number> {
    const { root } = await this.call('DOM.getDocument');
    const { nodeId } = await this.call('DOM.querySelector', {
      nodeId: (root as { nodeId: number }).nodeId,
      selector,
    });
    if (typeof nodeId !== 'number' || nodeId === 0) throw new Error(`The page has no ${selector}`);
    return nodeId;
  }

  private async box(selector: string): Promise<{ model: { content: number[] } }> {
    const nodeId = await this.node(selector);
    await this.call('DOM.scrollIntoViewIfNeeded', { nodeId });
    return (await this.call('DOM.getBoxModel', { nodeId })) as { model: { content: number[] } };
  }
}

export class Browser {
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener('message', ({ data }) => this.take(JSON.parse(String(data)) as Answer));
  }

  /** Resolves once it answers; undefined where the machine has no Chromium. */
  static async open(): Promise<Browser | undefined> {
    const name = NAMES.find((one) => spawnSync(one, ['--version']).status === 0);
    if (name === undefined) return undefined;
    const folder = await mkdtemp(join(tmpdir(), 'callboard-browser-'));
    const browser = spawn(name, [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const socket = new WebSocket(await addressOf(browser));
    await once(socket, 'open');
    return new Browser(browser, folder, socket);
  }

  /** A new page whose scripts do not run, for a reader of this language. */
  async page(language: string): Promise<BrowserPage> {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const call = (method: string, parameters: object = {}): Promise<Record<string, unknown>> =>
      this.call(method, parameters, sessionId as string);
    await call('Page.enable');
    await call('Network.enable');
    await call('Network.setExtraHTTPHeaders', { headers: { 'accept-language': language } });
    await call('Emulation.setScriptExecutionDisabled', { value: true });
    return new BrowserPage(call);
  }

  async close(): Promise<void> {
    const ended = once(this.process, 'exit');
    await this.call('Browser.close');
    await ended;
    this.socket.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private call(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = (this.calls += 1);
    this.socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  private take({ id, result = {}, error }: Answer): void {
    const waiting = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || !waiting) return;
    this.waiting.delete(id);
    if (error) waiting.reject(new Error(error.message));
    else waiting.resolve(result);
  }
}

/** Where it listens, as it says on its error output. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  if (!stderr) throw new Error('A browser without error output');
  const lines = createInterface({ input: stderr });
  for await (const line of lines) {
    const [, address] = /DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('The browser ended before it listened');
}
