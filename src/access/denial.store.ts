import type { Protected } from '../core/acl.js';
import type { ErrorCode } from '../core/failure.js';
import type { Reader } from '../core/tx.js';

/** A refusal as it was kept. */
export interface KeptDenial {
  readonly id: string;
  readonly at: string;
  readonly requestId: string;
  /** `u_anon` for who had not signed in; null for what is no user. */
  readonly userId: string | null;
  readonly accountId: string | null;
  readonly code: Extract<ErrorCode, 'FORBIDDEN' | 'NOT_FOUND'>;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly scopeId: string | null;
  /** What it was asked on; null where there was no such thing. */
  readonly askedOn: Protected | null;
  readonly reason: string | null;
}

export async function findDenial(reader: Reader, id: string): Promise<KeptDenial | null> {
  const [row] = await reader.query<KeptDenial>(
    `select id, at, request_id, user_id, account_id, code, action, resource_type, resource_id, scope_id, asked_on, reason
     from denial where id = $1`,
    [id],
  );
  return row ?? null;
}
