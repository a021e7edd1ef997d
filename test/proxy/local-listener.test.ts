import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { CliFailure } from '../../src/cli/cli-failure';
import { listenLocally, type ListenPlace, type LocalListener } from '../../src/cli/connect/local-listener';
import { openWorkerSocket } from '../../src/cli/connect/worker-socket';
import { closeEverything, closeLater, startDataPlane, type DataPlane } from '../support/data-plane';
import { Heard } from '../support/heard';
import type { MemorySession } from '../support/memory-authority';
import { echoing, startTcpHost, type TcpHost } from '../support/tcp-host';

let plane: DataPlane;
let echo: TcpHost;
let session: MemorySession;
beforeEach(async () => {
  plane = await startDataPlane();
  echo = await plane.host(echoing);
  session = plane.session({ port: echo.port });
});
afterEach(closeEverything);

describe('a local listener', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = closeLater(mkdtempSync(join(tmpdir(), 'postern-')), (one) => rmSync(one, { recursive: true }));
    path = join(folder, 'session.sock');
  });

  const failures: Error[] = [];
  async function listenOn(place: ListenPlace): Promise<LocalListener> {
    failures.length = 0;
    const serve = async () => {
      const hello = { purpose: 'connection', sessionId: session.id } as const;
      return (await openWorkerSocket([plane.worker], session.identity, hello)).socket;
    };
    const listener = await listenLocally(place, serve, (error) => failures.push(error));
    return closeLater(listener, () => listener.close());
  }

  function visit(to: { path: string } | { port: number }): Heard {
    const socket = connectTcp({ host: '127.0.0.1', allowHalfOpen: true, ...to });
    return new Heard(closeLater(socket, () => socket.destroy()));
  }

  test('joins a local port to the session, with half-closes', async () => {
    const { address, port } = await listenOn({ host: '127.0.0.1', port: 0 });
    expect(address).toBe('127.0.0.1');
    const local = visit({ port });
    local.socket.end('there and back');
    expect((await local.rest()).toString()).toBe('there and back');
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 14n, bytesDown: 14n });
  });

  test('joins a unix socket that only its owner may use', async () => {
    const listener = await listenOn({ path });
    expect(listener).toMatchObject({ address: path, port: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const local = visit({ path });
    local.socket.write('hello');
    expect(await local.text(5)).toBe('hello');
  });

  test('makes its unix socket for its owner alone under any umask', async () => {
    const before = process.umask(0);
    try {
      await listenOn({ path });
      expect(statSync(path).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  describe('that is handed the two ends of a connection', () => {
    let input: PassThrough;
    let output: Writable;
    let said: string;
    beforeEach(() => {
      said = '';
      input = new PassThrough();
      output = new Writable({
        write: (chunk: Buffer, _, done) => {
          said += chunk.toString();
          output.emit('said');
          done();
        },
      });
    });
    const idleOf = (listener: LocalListener): Promise<void> =>
      new Promise((resolve) => listener.onIdle(resolve));

    test('passes them on, with a half-close, and is idle when they are done', async () => {
      const listener = await listenOn({ input, output });
      const idle = idleOf(listener);
      expect(listener).toMatchObject({ address: '', port: 0 });
      expect(listener.openCount()).toBe(1);
      input.end('there and back');
      await idle;
      expect(said).toBe('there and back');
      expect(listener.openCount()).toBe(0);
      const [end] = await plane.authority.ended(1);
      expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 14n, bytesDown: 14n });
    });

    test('is idle when the host has said its last, though more could be typed', async () => {
      const brief = await plane.host(({ socket }) => void socket.end('goodbye'));
      session = plane.session({ port: brief.port });
      await idleOf(await listenOn({ input, output }));
      expect(said).toBe('goodbye');
      expect(input.destroyed).toBe(true);
    });

    test('cuts them when it is closed', async () => {
      const listener = await listenOn({ input, output });
      input.write('hello');
      await once(output, 'said');
      const closed = [input, output].map((end) => new Promise((resolve) => end.once('close', resolve)));
      listener.close();
      await Promise.all(closed);
      expect(listener.openCount()).toBe(0);
    });
  });

  test('removes its unix socket when it is closed', async () => {
    const listener = await listenOn({ path });
    listener.close();
    expect(existsSync(path)).toBe(false);
  });

  test('replaces a unix socket on which nobody listens any more', async () => {
    const abandoned = join(folder, 'abandoned.sock');
    // A socket outlives its listener when that is killed; here it has a second name that is not removed.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(abandoned, resolve));
    linkSync(abandoned, path);
    await new Promise((resolve) => server.close(resolve));
    expect(lstatSync(path).isSocket()).toBe(true);
    await listenOn({ path });
    const local = visit({ path });
    local.socket.write('hello');
    expect(await local.text(5)).toBe('hello');
  });

  test('does not take a unix socket away from somebody who listens on it', async () => {
    const first = await listenOn({ path });
    const second = listenOn({ path });
    await expect(second).rejects.toThrow(CliFailure);
    const local = visit({ path });
    local.socket.write('the first');
    expect(await local.text(9)).toBe('the first');
    expect(first.openCount()).toBe(1);
  });

  test('leaves a regular file in its place alone, and says so', async () => {
    writeFileSync(path, 'precious');
    chmodSync(path, 0o644);
    const sentence = `${path} exists and is no socket; choose another`;
    await expect(listenOn({ path })).rejects.toThrow(new CliFailure(sentence));
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  test('says that a folder is not there', async () => {
    const nowhere = join(folder, 'missing', 'session.sock');
    await expect(listenOn({ path: nowhere })).rejects.toThrow(`${nowhere} cannot be listened on (`);
  });

  test('says that a port is busy, and what to do', async () => {
    const { port } = closeLater(await startTcpHost(), (host) => host.close());
    const sentence = `127.0.0.1:${port} is busy; choose another, or leave it out for any free port`;
    await expect(listenOn({ host: '127.0.0.1', port })).rejects.toThrow(new CliFailure(sentence));
  });

  test('hangs up on a program when the worker refuses, and tells why', async () => {
    const { port } = await listenOn({ host: '127.0.0.1', port: 0 });
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    const local = visit({ port });
    await local.ended();
    expect(failures).toEqual([expect.objectContaining({ message: 'the session has ended: canceled' })]);
  });

  test('takes no more once it is told to stop, and tells when the last open one has closed', async () => {
    const listener = await listenOn({ host: '127.0.0.1', port: 0 });
    const local = visit({ port: listener.port });
    local.socket.write('hello');
    await local.take(5);
    listener.stopAccepting();
    const late = visit({ port: listener.port });
    await late.closed();
    expect(late.error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(listener.openCount()).toBe(1);
    const idle = new Promise<void>((resolve) => listener.onIdle(resolve));
    local.socket.end();
    await idle;
    expect(listener.openCount()).toBe(0);
  });

  test('cuts the open ones when it is closed, here and at the host', async () => {
    const host = await plane.host();
    session = plane.session({ port: host.port });
    const listener = await listenOn({ host: '127.0.0.1', port: 0 });
    const local = visit({ port: listener.port });
    const there = await host.next();
    listener.close();
    await Promise.all([local.ended(), there.ended()]);
  });
});
