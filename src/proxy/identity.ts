import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** A key and the certificate that shows it. The certificate vouches for nothing: the key is what is compared. */
export interface Identity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** SHA-256 of the SPKI, in base64url: 43 characters. */
  readonly thumbprint: string;
  /** The public key: its SPKI DER in base64. */
  readonly publicKey: string;
}

const ed25519 = '1.3.101.112';
const commonName = '2.5.4.3';
const yearMs = 365 * 24 * 3600 * 1000;

/** A fresh Ed25519 identity, or that of a key kept from before. */
export function makeIdentity(name: string, privateKeyPem?: string): Identity {
  const privateKey =
    privateKeyPem === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(privateKeyPem);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    certificatePem: pem(selfSigned(name, privateKey, spki)),
    thumbprint: thumbprintOf(spki),
    publicKey: spki.toString('base64'),
  };
}

/** The thumbprint of the key a TLS peer has shown and proved; null when it showed none. */
export function peerThumbprint(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return null;
  return thumbprintOf(certificate.publicKey.export({ format: 'der', type: 'spki' }));
}

export function thumbprintOf(spki: Buffer): string {
  return createHash('sha256').update(spki).digest('base64url');
}

function selfSigned(name: string, privateKey: KeyObject, spki: Buffer): Buffer {
  const algorithm = new AlgorithmIdentifier({ algorithm: ed25519 });
  const subject = new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: commonName, value: new AttributeValue({ utf8String: name }) }),
    ]),
  ]);
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  const body = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.from(serial).buffer,
    signature: algorithm,
    issuer: subject,
    subject,
    // Clocks differ; the session's own expiry is what ends it, and it is enforced elsewhere.
    validity: new Validity({
      notBefore: new Time(new Date(Date.now() - yearMs)).getTime(),
      notAfter: new Time(new Date(Date.now() + 20 * yearMs)).getTime(),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
  });
  const signature = sign(null, Buffer.from(AsnConvert.serialize(body)), privateKey);
  const certificate = new Certificate({
    tbsCertificate: body,
    signatureAlgorithm: algorithm,
    signatureValue: Uint8Array.from(signature).buffer,
  });
  return Buffer.from(AsnConvert.serialize(certificate));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
