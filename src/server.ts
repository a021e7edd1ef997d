import { join } from 'node:path';
import { requireOwnOfGift } from './access/no-escalation.js';
import { cursorCodec } from './api/cursor.js';
import { signOutDisabled, endTokensOfRemoved } from './auth/end-tokens.js';
import { totpSecrets } from './auth/totp-secret.js';
import { releaseOfRemoved } from './auth/release-accounts.js';
import { sweepTokens } from './auth/sweep-tokens.js';
import { checkSettings, listenSettings } from './check-settings.js';
import type { Administrator } from './config/initial-resources.js';
import { openControlDatabase, shelter } from './control-database.js';
import { systemClock, type Clock, type Timer } from './core/clock.js';
import { newId } from './core/id.js';
import type { Log } from './core/log.js';
import { StartFailure } from './core/start-failure.js';
import type { ChangeGuard, Reactor } from './core/tx.js';
import type { Database } from './db/database.js';
import { forgetOldDenials, startDenialWriter } from './db/denial-writer.js';
import { forgetOldKeys } from './db/made-once.js';
import { startDemoDatabase, type DemoDatabase } from './db/demo-database.js';
import { preparePartition } from './events/event.store.js';
import { startTail, type Tail } from './events/tail.js';
import { fillDatabase } from './fill-database.js';
import { clientAddressOf } from './graphql/client-address.js';
import { documentPreparer } from './graphql/document.js';
import { startHttpApi } from './graphql/http-api.js';
import { listen, type Listener } from './graphql/listener.js';
import { playgroundPages, redirectHome } from './graphql/pages.js';
import { healthPages } from './graphql/health.js';
import type { RequestParts } from './graphql/request-context.js';
import { posternSchema } from './graphql/schema.js';
import { startWebSocketApi } from './graphql/websocket-api.js';
import type { DialRules } from './proxy/dial-policy.js';
import { makeIdentity } from './proxy/identity.js';
import { startProxy, type Proxy } from './proxy/proxy.js';
import { loadAcl } from './role/load-acl.js';
import { makeRolesOfNewScope } from './role/roles-of-new-scope.js';
import type { KeyPurpose, RootKeys } from './seal/root-key.js';
import { rootKeyProvider } from './seal/key-provider.js';
import { resealScope } from './seal/reseal-scope.js';
import { sealer } from './seal/seal.js';
import { secretKeeper } from './seal/secret-keeper.js';
import { endRemoved } from './session/end-removed.js';
import { closeEarlierBoots, sweepSessions } from './session/sweep-sessions.js';
import { watchPermissions } from './session/watch-permissions.js';
import { makeWorkerAuthority } from './session/worker-authority.js';
import { makeEnd } from './server-end.js';
import type { Settings } from './settings.js';
import { startLoginGuard } from './start-login-guard.js';
import { version } from './version.js';
import { registerBoot, workerKeyOf } from './worker/register-worker.js';
import { touchWorker } from './worker/worker.store.js';

export interface RunningServer {
  readonly url: string;
  /** Where clients reach the worker. */
  readonly workerAddress: string;
  /** Set where the well-known development login works. */
  readonly developmentLogin: Administrator | null;
  /** Variables of the environment that held secrets for the configuration, and are of no use any more. */
  readonly secretVariables: readonly string[];
  readonly demoDatabasePort: number | null;
  readonly startedInMs: number;
  /** Resolves, with the reason, when the server had to stop by itself; it has stopped by then. */
  readonly ended: Promise<string>;
  /** Stops everything in order: new work first, open connections, then the database. */
  close(): Promise<void>;
}

export interface Surroundings {
  /** Where a configuration's `secret("env://…")` is looked up. */
  readonly env: NodeJS.ProcessEnv;
  readonly clock?: Clock;
}

/** Effects of one slice's facts in another, in slice order. */
const reactors: readonly Reactor[] = [
  releaseOfRemoved,
  endTokensOfRemoved,
  signOutDisabled,
  makeRolesOfNewScope,
  endRemoved,
];

/** Asked before every change of a row; managed fields will refuse here. */
const guard: ChangeGuard = { check: () => Promise.resolve() };

/** Where the bundled demo's targets lead. */
const demoPort = 16_001;

/** Builds and starts everything, once and in order. What was started is stopped again when a later part fails. */
export async function startServer(
  settings: Settings,
  log: Log,
  surroundings: Surroundings,
): Promise<RunningServer> {
  const { env, clock = systemClock } = surroundings;
  const { limits } = settings;
  const startedAt = clock.monotonicMs();
  checkSettings(settings);
  const closers: (() => Promise<unknown>)[] = [];
  const stopAll = async (): Promise<void> => {
    while (closers.length > 0) await closers.pop()?.();
  };
  const end = makeEnd(stopAll, log);
  try {
    let tail: Tail | undefined;
    const onFacts = (): void => tail?.poke();
    const control = await openControlDatabase({
      ...{ settings, guard, reactors, onFacts, clock, log },
      onLost: end.mustEnd,
    });
    closers.push(control.close);
    const { database, rootKeys } = control;
    const secrets = secretKeeper(rootKeyProvider(...rootKeys));
    const { login, appliesDemo, secretVariables } = await fillDatabase(settings, control, secrets, env, log);
    const demo = await startDemo(settings, appliesDemo);
    if (demo) closers.push(demo.stop);
    await sweepSessions(database, settings.workerGraceMs);
    tail = await startTail({ reader: database.reader, clock, log, pollMs: limits.tailPollMs });
    closers.push(tail.close);
    closers.push(startSweeps(database, settings, clock, log));
    closers.push(watchPermissions({ database, tail, clock, log, judgeMs: limits.judgeMs }).close);
    const { denialFlushMs: flushMs, mostDenialsWaiting } = limits;
    const kept = { reader: database.reader, clock, log, flushMs, mostWaiting: mostDenialsWaiting };
    const denials = startDenialWriter(kept);
    closers.push(denials.close);

    const logins = await startLoginGuard(settings, database, clock, log);
    closers.push(logins.close);

    const { workerLivenessMs, beatMs, mostWaiting, viewMaxAgeMs, resealMs } = limits;
    const requests: RequestParts = {
      database,
      log,
      loadAcl,
      keepDenial: denials.keep,
      ...(settings.isEscalationRefused ? { judgeGift: requireOwnOfGift } : {}),
      cursors: cursorCodec(...derived(rootKeys, 'page-cursor')),
      eventCursors: cursorCodec(...derived(rootKeys, 'event-cursor')),
      logins: logins.guard,
      totpSecrets: totpSecrets(sealer(...rootKeys)),
      tokens: {
        ttlSeconds: settings.tokenTtlSeconds,
        idleSeconds: settings.tokenIdleSeconds,
        most: limits.mostAccountTokens,
      },
      sessions: {
        authorize: {
          workerLivenessMs,
          detachedTtlSeconds: settings.detachedTtlSeconds,
          mostOfUser: settings.userSessionLimit,
        },
        watch: { database, tail, clock, settings: { beatMs, mostWaiting, viewMaxAgeMs } },
        log,
      },
      workers: { livenessMs: workerLivenessMs, graceMs: settings.workerGraceMs },
      secrets,
      reseal: (scopeId) => resealScope({ database, secrets, clock, log, mostMs: resealMs }, scopeId),
    };
    const listener = await startApi(settings, requests, tail, clock, log, closers);
    const worker = await startWorker(
      { settings, database, rootKeys, tail, clock, log, apiAddress: listener, onLost: end.mustEnd },
      closers,
    );
    end.isUp();
    return {
      url: listener.url,
      workerAddress: settings.proxyPublicAddress ?? worker.address,
      developmentLogin: login,
      secretVariables,
      demoDatabasePort: demo?.port ?? null,
      startedInMs: clock.monotonicMs() - startedAt,
      ended: end.ended,
      close: end.close,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function derived([first, ...others]: RootKeys, purpose: KeyPurpose): [Buffer, ...Buffer[]] {
  return [first.derive(purpose), ...others.map((key) => key.derive(purpose))];
}

async function startDemo(settings: Settings, appliesDemo: boolean): Promise<DemoDatabase | null> {
  const port = settings.demoDatabasePort ?? (appliesDemo ? demoPort : 0);
  if (port === 0) return null;
  const folder = join(settings.dataDir, 'demo-database');
  return startDemoDatabase({ folder, shelter, binFolder: settings.postgresBin }, port);
}

function startSweeps(database: Database, settings: Settings, clock: Clock, log: Log): () => Promise<void> {
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let isFailing = false;
  const turn = async (): Promise<void> => {
    try {
      await sweepSessions(database, settings.workerGraceMs);
      await preparePartition(database.reader);
      await forgetOldKeys(database.reader);
      await sweepTokens(database);
      await forgetOldDenials(database.reader);
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn('sessions could not be swept; trying on', { reason: String(error) });
      isFailing = true;
    }
  };
  const arm = (): void => {
    timer = clock.after(settings.limits.sweepMs, () => {
      running = turn().then(arm);
    });
  };
  arm();
  return async () => {
    timer?.cancel();
    await running;
    timer?.cancel();
  };
}

function dialRules(settings: Settings, ownListeners: DialRules['ownListeners']): DialRules {
  return { allow: settings.workerAllow, deny: settings.workerDeny, ownListeners };
}

async function startApi(
  settings: Settings,
  requests: RequestParts,
  tail: Tail,
  clock: Clock,
  log: Log,
  closers: (() => Promise<unknown>)[],
): Promise<Listener> {
  const schema = posternSchema();
  const { document, webSocket, mostBodyBytes, bodyTimeoutMs } = settings.limits;
  const preparer = documentPreparer(schema, document);
  const clientAddress = clientAddressOf(settings.isBehindProxy);
  const shared = { schema, preparer, requests, log, clientAddress };
  const http = await startHttpApi({ ...shared, mostBodyBytes, bodyTimeoutMs });
  closers.push(http.close);
  const sockets = startWebSocketApi({ ...shared, tail, clock, limits: webSocket });
  const listener = await listen(
    listenSettings(settings),
    {
      pages: new Map([['/graphql', http.handle], ['/', redirectHome], ...playgroundPages()]),
      probes: healthPages(() => requests.database.ping()),
      upgrade(path, request, socket, head) {
        if (path !== '/graphql') return false;
        sockets.upgrade(request, socket, head);
        return true;
      },
    },
    log,
  );
  closers.push(listener.close, sockets.close);
  return listener;
}

interface WorkerParts {
  readonly settings: Settings;
  readonly database: Database;
  readonly rootKeys: RootKeys;
  readonly tail: Tail;
  readonly clock: Clock;
  readonly log: Log;
  readonly apiAddress: { readonly host: string; readonly port: number };
  readonly onLost: (why: string) => void;
}

async function startWorker(parts: WorkerParts, closers: (() => Promise<unknown>)[]): Promise<Proxy> {
  const { settings, database, rootKeys, tail, clock, log, apiAddress, onLost } = parts;
  const { limits, workerName: name } = settings;
  const bootId = newId('boot');
  let workerId: string | undefined;
  const lock = await database.holdLock(`worker ${name}`, {
    clock,
    log,
    checkMs: limits.lockCheckMs,
    isStillMine: async () => workerId === undefined || touchWorker(database.reader, workerId, bootId),
    onLost: () => onLost(`another server has taken the worker named ${name}`),
  });
  if (!lock)
    throw new StartFailure(`a worker named ${name} is running already; give this one another --worker-name`);
  closers.push(() => lock.release());
  const registration = {
    name,
    releaseVersion: version,
    tags: settings.workerTags,
    makeKey: (privateKeyPem: string | undefined) => makeIdentity(`postern worker ${name}`, privateKeyPem),
  };
  const seal = sealer(...rootKeys);
  const { id, key } = await workerKeyOf(database, seal, registration);
  const proxy = await startProxy({
    authority: makeWorkerAuthority(database, tail, { workerId: id, workerName: name, bootId }),
    identity: makeIdentity(`postern worker ${name}`, key.privateKeyPem),
    clock,
    log,
    settings: {
      ...settings.proxy,
      handshakeTimeoutMs: limits.handshakeTimeoutMs,
      dialTimeoutMs: limits.dialTimeoutMs,
      mostSockets: limits.mostWorkerSockets,
      reportMs: limits.reportMs,
      dial: dialRules(settings, [
        { address: apiAddress.host, port: apiAddress.port },
        ...(await database.ownListener()),
      ]),
    },
  });
  closers.push(proxy.close);
  const address = settings.proxyPublicAddress ?? proxy.address;
  await registerBoot(database, seal, { ...registration, id, key, address, bootId });
  workerId = id;
  await closeEarlierBoots(database, id, bootId);
  return proxy;
}
