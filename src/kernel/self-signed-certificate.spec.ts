import { sign, verify, X509Certificate } from 'node:crypto';
import { createSelfSignedCertificate } from './self-signed-certificate.js';

describe('A self-signed certificate', () => {
  test.each(['sns.amazonaws.com', 'x'.repeat(200), 'Où'])('for %s can be parsed and verified', (commonName) => {
    const { privateKey, certificatePem } = createSelfSignedCertificate(commonName);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.subject).toBe(`CN=${commonName}`);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(privateKey)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
    const signature = sign('sha256', Buffer.from('said'), privateKey);
    expect(verify('sha256', Buffer.from('said'), certificate.publicKey, signature)).toBe(true);
  });

  test('is valid now and for years', () => {
    const certificate = new X509Certificate(createSelfSignedCertificate('x').certificatePem);
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000);
  });

  test('is different each time', () => {
    const [one, other] = [createSelfSignedCertificate('x'), createSelfSignedCertificate('x')];
    expect(new X509Certificate(one.certificatePem).serialNumber).not.toBe(
      new X509Certificate(other.certificatePem).serialNumber,
    );
  });
});
