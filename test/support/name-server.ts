/** A server of names on loopback, for names that lead where a test says. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';

const TYPES = { ipv4: 1, ipv6: 28 } as const;
const TXT = 16;
const HEADER_LENGTH = 12;

export class NameServer {
  private constructor(
    private readonly socket: Socket,
    /** As of `Resolver.setServers`. */
    readonly address: string,
  ) {}

  /** Every name has these addresses, and those texts that are there when it is asked. Without any address it never answers. */
  static async open(addresses: readonly string[], texts: readonly string[] = []): Promise<NameServer> {
    const socket = createSocket('udp4');
    if (addresses.length > 0) {
      socket.on('message', (query, { port, address }) => socket.send(answerTo(query, addresses, texts), port, address));
    }
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket, `127.0.0.1:${socket.address().port}`);
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}

/** RFC 1035: the header with our flags and counts, the question as it was, and a record for each address of its type. */
function answerTo(query: Buffer, addresses: readonly string[], texts: readonly string[]): Buffer {
  const endOfName = query.indexOf(0, HEADER_LENGTH);
  const question = query.subarray(HEADER_LENGTH, endOfName + 5);
  const type = query.readUInt16BE(endOfName + 1);
  const found = addresses
    .map((text) => ipaddr.parse(text))
    .filter((address) => TYPES[address.kind()] === type)
    .map((address) => Buffer.from(address.toByteArray()));
  const said = type === TXT ? texts.map((text) => Buffer.from(`${String.fromCharCode(text.length)}${text}`)) : [];
  const records = [...found, ...said].map((data) => recordOf(type, data));
  const header = Buffer.alloc(HEADER_LENGTH);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

function recordOf(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
