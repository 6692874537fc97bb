/** Ports on loopback that nobody uses. */
import { once } from 'node:events';
import { env } from 'node:process';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Lets a server listen on loopback, on any free port unless one is given. Answers the port. */
export async function listenOnLoopback(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Below the ports that systems give to clients. */
const FIRST_PORT = 12_000;
const PORTS_EACH = 4_000;
/** Workers of jest share no port: a service that is down for a moment, while its workers go on calling it, must find its own free. */
const firstPort = FIRST_PORT + PORTS_EACH * (Number(env['JEST_WORKER_ID'] ?? 0) % 4);
let next = Math.floor(Math.random() * PORTS_EACH);

/** A port for a server that is started in a moment, and given to nobody else by this process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + (next++ % PORTS_EACH);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listenOnLoopback(server, port);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    server.close();
  }
}
