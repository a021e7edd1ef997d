import type { ReadCtx } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import type { Tx } from '../core/tx.js';
import { hashRecoveryCode } from './recovery-code.js';
import type { TotpSecrets } from './totp-secret.js';
import { acceptedStep, isTotpCode } from './totp.rules.js';
import { countTotpTry, findTotpState, useRecoveryCode, useTotpStep } from './totp.store.js';

/** A code that may be right, before it is used up. */
export type ProvenCode =
  | {
      readonly kind: 'totp';
      readonly sealedSecret: string;
      readonly step: number;
      readonly isInForce: boolean;
    }
  | { readonly kind: 'recovery'; readonly hash: Buffer };

/**
 * Holds a code against an account's second factor, outside a transaction, so that a wrong one is counted. Null for a
 * wrong one and for one that was used; a recovery code is looked up when it is used. After a few wrong ones of an account,
 * from wherever, RATE_LIMITED: but never for a recovery code, which cannot be guessed.
 */
export async function proveCode(
  { tx }: ReadCtx,
  accountId: string,
  code: string,
  secrets: TotpSecrets,
  isInForce = true,
): Promise<ProvenCode | null> {
  if (!isTotpCode(code))
    return isInForce ? { kind: 'recovery', hash: hashRecoveryCode(accountId, code) } : null;
  const tried = await countTotpTry(tx, accountId, isInForce);
  if (!tried) {
    const waitMs = (await findTotpState(tx, accountId))?.waitMs ?? 0;
    if (waitMs > 0)
      throw new Failure({ code: 'RATE_LIMITED', retryAfterMs: Math.ceil(waitMs), what: 'wrong codes' });
    return null;
  }
  const { sealedSecret, lastStep, nowSeconds } = tried;
  const step = acceptedStep(secrets.open(accountId, sealedSecret), code, nowSeconds, Number(lastStep));
  return step === null ? null : { kind: 'totp', sealedSecret, step, isInForce };
}

/** Uses a proven code up. False when it is a recovery code of nobody, or another request was first. */
export function useCode(tx: Tx, accountId: string, code: ProvenCode): Promise<boolean> {
  return code.kind === 'totp' ? useTotpStep(tx, accountId, code) : useRecoveryCode(tx, accountId, code.hash);
}
