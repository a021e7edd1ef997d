import type { ChildProcess } from 'node:child_process';
import { makeIdentity, type Identity } from '../../proxy/identity.js';
import { systemClock, type Timer } from '../../core/clock.js';
import { credentialJson, credentialLines } from '../credential-lines.js';
import { factLines, localTime, print, type Output, visible } from '../output.js';
import type { BrokeredCredential } from './brokered-credential.js';
import { exitStatus, startProgram, type ClientProgram } from './client-program.js';
import { endOf, keepControlLine, type SessionEnd } from './control-line.js';
import { listenLocally, type ListenPlace, type LocalListener } from './local-listener.js';
import { openSecretFolder } from './secret-folder.js';
import { openWorkerSocket, WorkerRefusal, type WorkerPlace } from './worker-socket.js';

/** A session that was authorized for a key of ours, ready to be used. */
export interface ReadySession {
  readonly id: string;
  readonly type: string;
  readonly expiresAt: string;
  readonly connectionLimit: number;
  readonly workers: readonly WorkerPlace[];
}

export interface RunOptions {
  readonly listen: ListenPlace;
  readonly program: ClientProgram | null;
  /** What the target hands out: the program takes one of them, and the others are shown. */
  readonly credentials: readonly BrokeredCredential[];
  readonly output: Output;
  readonly env: NodeJS.ProcessEnv;
}

/** Why `connect` ended: the sentence, and the status it exits with. */
interface Outcome {
  readonly reason: string;
  readonly status: number;
  /** What the child's own end reports is not told again. */
  readonly isQuiet?: boolean;
  /** It ended on this side, so the session is to end with it; otherwise the worker has told of its end. */
  readonly isOurs?: boolean;
}

/** A key for one session. The private half stays in this process. */
export function sessionIdentity(): Identity {
  return makeIdentity('postern connect');
}

const cancelPatienceMs = 5000;

/**
 * Serves a session on a local port until it ends, and says why it ended: the worker's word for it when the
 * session ended there, ours when we ended it. Returns the exit status.
 */
export async function runSession(
  session: ReadySession,
  identity: Identity,
  options: RunOptions,
): Promise<number> {
  const { output, program, credentials } = options;
  const isHandedOver = 'input' in options.listen;
  // What a program or a connection writes as its result stays alone on stdout.
  const isOutputOurs = !program && !isHandedOver;
  let finish: (outcome: Outcome) => void = () => {};
  const over = new Promise<Outcome>((resolve) => (finish = resolve));
  let left = session.connectionLimit;
  const say = (text: string): void => void output.err.write(`${visible(text)}\n`);

  const open = async (purpose: 'connection' | 'control' | 'cancel') =>
    openWorkerSocket(session.workers, identity, { purpose, sessionId: session.id });
  const listen = async (...given: Parameters<typeof listenLocally>): Promise<LocalListener> => {
    try {
      return await listenLocally(...given);
    } catch (error) {
      await closeSession(() => open('cancel')); // nobody else has its key: it would lie there until it expires
      throw error;
    }
  };
  const listener = await listen(
    options.listen,
    async () => {
      const { socket, welcome } = await open('connection');
      if (welcome.connectionLimit >= 0 && isOutputOurs) tellLeft(output, welcome.connectionsLeft);
      return socket;
    },
    (error) => {
      if (error instanceof WorkerRefusal && error.refusal.code === 'LIMIT') noteLeft(0);
      else if (error instanceof WorkerRefusal && error.refusal.code === 'ENDED') return;
      say(`a connection could not be made: ${error.message}`);
      if (isHandedOver) finish({ reason: 'there is no other', status: 1, isQuiet: true, isOurs: true });
    },
  );
  const noteLeft = (connectionsLeft: number): void => {
    left = connectionsLeft;
    if (left !== 0) return;
    listener.stopAccepting();
    if (listener.openCount() === 0) finish({ reason: 'No connections left in session', status: 0 });
  };
  listener.onIdle(() => {
    if (isHandedOver)
      finish({ reason: 'its only connection closed', status: 0, isQuiet: true, isOurs: true });
    else if (left === 0) finish({ reason: 'No connections left in session', status: 0 });
  });
  const control = keepControlLine(() => open('control'), {
    onWelcome: (welcome) => {
      armExpiry(welcome.remainingMs);
      if (isLost) say('the worker is there again; new connections are passed on');
      isLost = false;
    },
    onLeft: noteLeft,
    onEnded: (end) => finish(outcomeOf(end)),
    onRefused: (message) => finish({ reason: `The session is gone: ${message}`, status: 1 }),
    onLost: (message) => {
      isLost = true;
      say(message);
    },
  });
  let isLost = false;
  let expiry: Timer | undefined;
  const armExpiry = (remainingMs: number): void => {
    expiry?.cancel();
    // The worker tells of it first; this is for when it cannot be reached.
    expiry = systemClock.after(remainingMs + 2000, () =>
      finish({ reason: 'Session has expired', status: 1 }),
    );
  };
  const stopped = (): void =>
    finish({ reason: 'Received shutdown signal', status: 0, isQuiet: isHandedOver, isOurs: true });
  // Ctrl-C belongs to the program that has the terminal: psql cancels a query with it.
  if (!program) process.once('SIGINT', stopped);
  else process.on('SIGINT', () => {});
  process.once('SIGTERM', stopped);
  process.once('SIGHUP', stopped);

  let outcome: Outcome;
  let running: RunningProgram | null = null;
  try {
    if (program) running = await startChild(program, listener, options, finish);
    else if (isOutputOurs) announce(session, listener, credentials, output);
    else if (credentials.length > 0) say(notShown);
    outcome = await over;
  } catch (error) {
    listener.close();
    await closeSession(() => open('cancel'));
    throw error;
  } finally {
    expiry?.cancel();
    control.close();
    running?.end();
  }
  const ended = outcome.isOurs ? await closeSession(() => open('cancel')) : null;
  // A connection that was cut looks like one that was closed, unless the worker says that the session is over.
  if (ended && isHandedOver) outcome = { ...outcomeOf(ended), isQuiet: outcomeOf(ended).status === 0 };
  listener.close();
  if (!outcome.isQuiet) tellEnd(outcome, isOutputOurs, output);
  return outcome.status;
}

const notShown =
  'the target hands out credentials, which are not shown with -listen=stdio; postern connect ssh and its like use them';

interface RunningProgram {
  /** Ends it where it runs still, and takes away what it was given. */
  end(): void;
}

async function startChild(
  { name, plan }: ClientProgram,
  listener: LocalListener,
  { credentials, output, env }: RunOptions,
  finish: (outcome: Outcome) => void,
): Promise<RunningProgram> {
  const { credential, files, start } = plan(listener);
  const left = credentials.filter((one) => one !== credential);
  if (left.length > 0) print({ ...output, out: output.err }, ...shown(left));
  const folder = Object.keys(files).length === 0 ? null : await openSecretFolder(files, env);
  let child: ChildProcess;
  try {
    child = startProgram(
      name,
      start((file) => folder?.pathOf(file) ?? file),
      listener,
      env,
    );
  } catch (error) {
    folder?.remove();
    throw error;
  }
  child.once('error', (error) =>
    finish({ reason: `${name} could not be started: ${error.message}`, status: 1, isOurs: true }),
  );
  child.once('exit', (code, signal) =>
    finish({ reason: 'the program ended', status: exitStatus(code, signal), isQuiet: true, isOurs: true }),
  );
  return {
    end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      folder?.remove();
    },
  };
}

function shown(credentials: readonly BrokeredCredential[]): [object, () => string] {
  return [
    { credentials: credentials.map(credentialJson) },
    () => credentialLines(credentials).slice(1).join('\n'),
  ];
}

/** Ends the session at the worker. When it had ended before, returns how. */
async function closeSession(
  open: () => Promise<{ socket: { destroy(): unknown } }>,
): Promise<SessionEnd | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, cancelPatienceMs, null).unref());
  const closing = open().then(
    ({ socket }) => {
      socket.destroy();
      return null;
    },
    (error: unknown) => (error instanceof WorkerRefusal ? endOf(error.refusal) : null), // else it ends at its expiry
  );
  return Promise.race([closing, late]);
}

function announce(
  session: ReadySession,
  listener: LocalListener,
  credentials: readonly BrokeredCredential[],
  output: Output,
): void {
  const { address, port } = listener;
  const json = {
    address,
    port,
    protocol: session.type,
    expiration: session.expiresAt,
    connection_limit: session.connectionLimit,
    session_id: session.id,
    ...(credentials.length === 0 ? {} : { credentials: credentials.map(credentialJson) }),
  };
  print(output, json, () =>
    [
      'Proxy listening information:',
      ...factLines(
        {
          Address: address,
          'Connection Limit': session.connectionLimit,
          Expiration: localTime(session.expiresAt),
          Port: port,
          Protocol: session.type,
          'Session ID': session.id,
        },
        2,
      ),
      ...credentialLines(credentials),
    ].join('\n'),
  );
}

function tellLeft(output: Output, connectionsLeft: number): void {
  print(output, { connections_left: connectionsLeft }, () =>
    ['Connection information:', ...factLines({ 'Connections Left': connectionsLeft }, 2)].join('\n'),
  );
}

const reasons: Readonly<Record<string, string>> = {
  canceled: 'Session was canceled',
  'timed out': 'Session has expired',
  'connection limit': 'No connections left in session',
  'closed by user': 'Session was closed by its user',
  'permission revoked': 'Permission for the session was revoked',
};

function outcomeOf({ reason, by }: SessionEnd): Outcome {
  const text = reasons[reason] ?? `Session ended: ${reason}`;
  return {
    reason: by ? `${text} by ${by}` : text,
    status: reason === 'connection limit' || reason === 'closed by user' ? 0 : 1,
  };
}

function tellEnd({ reason }: Outcome, isOutputOurs: boolean, output: Output): void {
  if (!isOutputOurs) output.err.write(`${visible(reason)}\n`);
  else
    print(output, { termination_reason: reason }, () =>
      ['Termination information:', ...factLines({ Reason: reason }, 2)].join('\n'),
    );
}
