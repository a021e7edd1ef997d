import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  Extension,
  Extensions,
  GeneralName,
  id_ce_subjectAltName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

const ed25519 = '1.3.101.112';
const commonName = '2.5.4.3';
const hourMs = 3_600_000;

/** A certificate for 127.0.0.1, and for names, that vouches for itself, good for an hour, and its key, in PEM. */
export function makeWebCertificate(...names: string[]): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const algorithm = new AlgorithmIdentifier({ algorithm: ed25519 });
  const named = new AttributeTypeAndValue({
    type: commonName,
    value: new AttributeValue({ utf8String: 'a server of a test' }),
  });
  const subject = new Name([new RelativeDistinguishedName([named])]);
  const addresses = new SubjectAlternativeName([
    new GeneralName({ iPAddress: '127.0.0.1' }),
    ...names.map((dNSName) => new GeneralName({ dNSName })),
  ]);
  const body = new TBSCertificate({
    version: Version.v3,
    serialNumber: Uint8Array.from([1, ...randomBytes(8)]).buffer,
    signature: algorithm,
    issuer: subject,
    subject,
    validity: new Validity({
      notBefore: new Time(new Date(Date.now() - hourMs)).getTime(),
      notAfter: new Time(new Date(Date.now() + hourMs)).getTime(),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions([
      new Extension({
        extnID: id_ce_subjectAltName,
        critical: false,
        extnValue: new OctetString(AsnConvert.serialize(addresses)),
      }),
    ]),
  });
  const signature = sign(null, Buffer.from(AsnConvert.serialize(body)), privateKey);
  const certificate = new Certificate({
    tbsCertificate: body,
    signatureAlgorithm: algorithm,
    signatureValue: Uint8Array.from(signature).buffer,
  });
  const lines =
    Buffer.from(AsnConvert.serialize(certificate))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}
