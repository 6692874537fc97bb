/** Networks of internet addresses, and who is within. */
import { BlockList, isIP } from 'node:net';

const BITS = { 4: 32, 6: 128 } as const;
/** What a subscriber of IPv6 has at the least: single addresses of it say nothing. */
const IPV6_SUBSCRIBER = 4;

/** In words, for messages. */
export const NETWORK = 'an address or a network, such as 203.0.113.7 or 203.0.113.0/24';

interface Network {
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
}

function read(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0 || address.includes('%')) return undefined;
  const bits = prefix === undefined ? BITS[family] : Number(prefix);
  const isWhole = prefix === undefined || /^\d{1,3}$/.test(prefix);
  return isWhole && bits <= BITS[family] ? { address, family, prefix: bits } : undefined;
}

/** Whether a text is an address, or a network with the length of its prefix. */
export const isNetwork = (text: unknown): boolean => typeof text === 'string' && read(text) !== undefined;

export class Networks {
  private readonly list = new BlockList();

  /** Of texts for which `isNetwork` holds; others are left out. */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const network = read(text);
      if (network) this.list.addSubnet(network.address, network.prefix, `ipv${network.family}`);
    }
  }

  /** An IPv4 address may be written as one of IPv6. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return (family === 4 || family === 6) && this.list.check(plain, `ipv${family}`);
  }
}

/** `203.0.113.7` for `::ffff:203.0.113.7`. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** What stands for everything that somebody can call from: the address, or the first half of one of IPv6. */
export function subscriberOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('%', 1).join('').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${groups
    .slice(0, IPV6_SUBSCRIBER)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
