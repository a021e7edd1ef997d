import { findLastSignIns } from './audit/audit.store.js';
import { methodsOf } from './auth/known-places.js';
import { LoginGuard } from './auth/login-guard.js';
import type { RefusalSum } from './auth/refusal-tally.js';
import type { Clock, Timer } from './core/clock.js';
import { newId } from './core/id.js';
import type { Log } from './core/log.js';
import type { Database } from './db/database.js';
import type { Settings } from './settings.js';

const entriesToRemember = 20_000;

/**
 * The limits of sign-ins. They know from the audit who has signed in from where, so that a start in the middle of an
 * attack keeps nobody out who has been here before; and what they refuse and do not tell one by one, the audit and
 * the log are told in sums. Gives what ends that, which tells the rest.
 */
export async function startLoginGuard(
  settings: Pick<Settings, 'logins' | 'limits'>,
  database: Database,
  clock: Clock,
  log: Log,
): Promise<{ guard: LoginGuard; close: () => Promise<void> }> {
  const { login } = settings.limits;
  const guard = new LoginGuard(settings.logins, login, clock);
  for (const signIn of await findLastSignIns(database.reader, entriesToRemember))
    guard.remember({ ...signIn, methods: methodsOf(signIn) });
  const tellAll = async (sums: readonly RefusalSum[]): Promise<void> => {
    for (const sum of sums) await tell(sum, database, log);
  };
  let timer: Timer;
  let running = Promise.resolve();
  const arm = (): void => {
    timer = clock.after(login.tallyMs / 4, () => {
      running = tellAll(guard.sums()).then(arm);
    });
  };
  arm();
  return {
    guard,
    async close() {
      timer.cancel();
      await running;
      timer.cancel();
      await tellAll(guard.sums(true));
    },
  };
}

async function tell(sum: RefusalSum, database: Database, log: Log): Promise<void> {
  const { operation, what, limit, address: clientAddress, loginName, count } = sum;
  const requestId = newId('req');
  const problem = { code: 'RATE_LIMITED', retryAfterMs: 0, what } as const;
  const actor = { kind: 'anonymous', reason: 'no token' } as const;
  const after = { ...(loginName === null ? {} : { loginName }), limit, count };
  const comment = `too many ${what}: ${count} more were refused by the limit of ${limit}`;
  const note = { resourceType: 'auth-method', after, comment };
  const line = { requestId, actor: 'anonymous', action: operation, resource: null, outcome: problem.code };
  log.info(operation, { ...line, clientAddress, ...after });
  await database
    .auditRefusal({ operation, requestId, actor, clientAddress, note }, problem)
    .catch((lost: unknown) => {
      log.error('the audit row of refused sign-ins could not be written', {
        requestId,
        reason: String(lost),
      });
    });
}
