import { Secret, TOTP } from 'otpauth';

// What every authenticator takes; many ignore what an address says beyond that.
const algorithm = 'SHA1';
const digits = 6;
const periodSeconds = 30;
const secretBytes = 20;
/** Steps that a phone's clock may be off, in either direction. */
const driftSteps = 1;

/** A fresh secret, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: secretBytes }).base32;
}

/** What an authenticator reads from a QR code. */
export function totpUri(secret: string, loginName: string): string {
  return new TOTP({
    issuer: 'Postern',
    label: loginName,
    secret,
    algorithm,
    digits,
    period: periodSeconds,
  }).toString();
}

/** Whether a text is a code by time, and no recovery code. It may be written with spaces. */
export function isTotpCode(text: string): boolean {
  return /^\d{6}$/.test(withoutGaps(text));
}

/**
 * The step of time that a code is of, if it is of now or one step before or after, and later than `lastStep`; null for
 * any other.
 */
export function acceptedStep(
  secret: string,
  code: string,
  nowSeconds: number,
  lastStep: number,
): number | null {
  const timestamp = nowSeconds * 1000;
  const token = withoutGaps(code);
  const off = TOTP.validate({
    ...{ token, secret: Secret.fromBase32(secret), algorithm, digits, period: periodSeconds },
    ...{ timestamp, window: driftSteps },
  });
  if (off === null) return null;
  const step = Math.floor(nowSeconds / periodSeconds) + off;
  return step > lastStep ? step : null;
}

function withoutGaps(text: string): string {
  return text.replaceAll(/\s/g, '');
}
