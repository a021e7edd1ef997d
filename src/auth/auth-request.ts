import type { Request } from '../api/request.js';
import type { Actor, ReadCtx } from '../core/ctx.js';
import type { TokenLimits } from './authenticate.js';
import type { LoginGuard } from './login-guard.js';
import type { TotpSecrets } from './totp-secret.js';

/** The request, with what signing in needs of the server. */
export interface AuthRequest extends Request {
  readonly tokens: TokenLimits;
  readonly logins: LoginGuard;
  readonly totpSecrets: TotpSecrets;
  /** Reads as who the caller has just become. */
  as(actor: Actor): ReadCtx;
}
