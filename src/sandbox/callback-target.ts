/** Where the sandbox posts the callbacks that a call asks for. */

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether it is this service, or loopback: the sandbox must not give access to anything else. */
export function mayCall(url: string, publicUrl: string): boolean {
  const target = URL.parse(url);
  if (target === null || !/^https?:$/.test(target.protocol)) return false;
  return target.origin === new URL(publicUrl).origin || LOOPBACK.has(target.hostname);
}
