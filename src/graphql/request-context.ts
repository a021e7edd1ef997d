import DataLoader from 'dataloader';
import type { CursorCodec } from '../api/cursor.js';
import type { Actor, Call, ReadCtx } from '../core/ctx.js';
import type { TokenLimits } from '../auth/authenticate.js';
import type { AuthRequest } from '../auth/auth-request.js';
import { identify } from '../auth/identify.js';
import type { LoginGuard } from '../auth/login-guard.js';
import type { TotpSecrets } from '../auth/totp-secret.js';
import { makeCall, type CallParts } from '../db/call.js';
import type { CredentialRequest } from '../credential/credential.mutations.js';
import type { KeyRequest } from '../scope/scope-key.resolver.js';
import type { Resealed } from '../seal/reseal-scope.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import type { SessionRequest } from '../session/session.resolver.js';
import type { WorkerRequest } from '../worker/worker.resolver.js';

export interface RequestParts extends CallParts {
  readonly cursors: CursorCodec;
  readonly eventCursors: CursorCodec;
  readonly tokens: TokenLimits;
  readonly logins: LoginGuard;
  readonly totpSecrets: TotpSecrets;
  readonly sessions: SessionRequest['sessions'];
  readonly workers: WorkerRequest['workers'];
  readonly secrets: SecretKeeper;
  readonly reseal: KeyRequest['reseal'];
}

/** What the request brings with it. */
export interface Arrival {
  readonly token: string | null;
  readonly clientAddress: string | null;
}

/** The context of one HTTP request or one WebSocket operation. */
export class RequestContext
  implements SessionRequest, WorkerRequest, AuthRequest, CredentialRequest, KeyRequest
{
  private readonly loaders = new Map<string, DataLoader<unknown, unknown>>();

  private constructor(
    private readonly parts: RequestParts,
    private readonly arrival: Arrival,
    private call: Call,
  ) {}

  /** Asks who the token speaks for. A bad token makes an anonymous request, not an error. */
  static async open(parts: RequestParts, arrival: Arrival): Promise<RequestContext> {
    const actor = await identify(parts.database.reader, arrival.token);
    return new RequestContext(parts, arrival, callOf(parts, arrival, actor));
  }

  get ctx(): ReadCtx {
    return this.call.ctx;
  }

  get cursors(): CursorCodec {
    return this.parts.cursors;
  }

  get eventCursors(): CursorCodec {
    return this.parts.eventCursors;
  }

  get tokens(): TokenLimits {
    return this.parts.tokens;
  }

  get logins(): LoginGuard {
    return this.parts.logins;
  }

  get totpSecrets(): TotpSecrets {
    return this.parts.totpSecrets;
  }

  get sessions(): SessionRequest['sessions'] {
    return this.parts.sessions;
  }

  get workers(): WorkerRequest['workers'] {
    return this.parts.workers;
  }

  get secrets(): SecretKeeper {
    return this.parts.secrets;
  }

  reseal(scopeId: string): Promise<Resealed> {
    return this.parts.reseal(scopeId);
  }

  readonly write: Call['write'] = (operation, work) => this.call.write(operation, work);

  readonly writeAfter: Call['writeAfter'] = (operation, prepare, work) =>
    this.call.writeAfter(operation, prepare, work);

  loader<K, V>(
    name: string,
    load: (ctx: ReadCtx, keys: readonly K[]) => Promise<(V | null)[]>,
  ): { load(key: K): Promise<V | null> } {
    let loader = this.loaders.get(name) as DataLoader<K, V | null> | undefined;
    if (!loader) {
      loader = new DataLoader<K, V | null>((keys) => load(this.ctx, keys));
      this.loaders.set(name, loader);
    }
    return loader;
  }

  as(actor: Actor): ReadCtx {
    return callOf(this.parts, this.arrival, actor, this.ctx.requestId).ctx;
  }

  async renew(): Promise<void> {
    const actor = await identify(this.parts.database.reader, this.arrival.token);
    this.call = callOf(this.parts, this.arrival, actor, this.ctx.requestId);
    this.loaders.clear();
  }
}

function callOf(parts: RequestParts, { clientAddress }: Arrival, actor: Actor, requestId?: string): Call {
  return makeCall(parts, { actor, clientAddress, ...(requestId === undefined ? {} : { requestId }) });
}
