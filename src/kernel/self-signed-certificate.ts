/** A throw-away X.509 certificate, to sign simulated provider messages on loopback. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

const SHA256_WITH_RSA = '06092a864886f70d01010b'; // 1.2.840.113549.1.1.11
const COMMON_NAME = '0603550403'; // 2.5.4.3
const VALID_YEARS = 10;

/**
 * Creates a new RSA key of so many bits and a self-signed X.509 v3 certificate (sha256WithRSAEncryption, RFC 5280). Valid from a
 * day ago for ten years. With 2,048 bits it takes tens to hundreds of milliseconds of CPU: create one and keep it.
 */
export function createSelfSignedCertificate(
  commonName: string,
  modulusLength = 2048,
): { privateKey: KeyObject; certificatePem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const from = new Date(Date.now() - 24 * 3_600_000);
  const until = new Date(from);
  until.setUTCFullYear(from.getUTCFullYear() + VALID_YEARS);

  const algorithm = sequence(Buffer.from(SHA256_WITH_RSA, 'hex'), der(0x05));
  const name = sequence(der(0x31, sequence(Buffer.from(COMMON_NAME, 'hex'), der(0x0c, Buffer.from(commonName)))));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version: v3
    der(0x02, Buffer.from([1]), randomBytes(15)), // serial number: positive
    algorithm,
    name,
    sequence(utcTime(from), utcTime(until)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey)); // no unused bits
  const base64 = sequence(toBeSigned, algorithm, signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    privateKey,
    certificatePem: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);

/** Two-digit years: valid until 2049 (RFC 5280, 4.1.2.5). */
const utcTime = (time: Date): Buffer =>
  der(0x17, Buffer.from(`${time.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

/** One DER element: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
