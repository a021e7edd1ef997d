import type { LookupAddress } from 'node:dns';
import * as dns from 'node:dns/promises';
import { dial, DialError, type DialOptions } from '../../src/proxy/dial';
import { makeDialPolicy, withinBounds, type DialPolicy, type DialRules } from '../../src/proxy/dial-policy';
import { closeEverything, closeLater } from '../support/data-plane';
import { startDeafHost } from '../support/deaf-host';
import { Heard } from '../support/heard';
import { freePort, startTcpHost, type TcpHost } from '../support/tcp-host';

jest.mock('node:dns/promises', () => {
  const actual = jest.requireActual<typeof dns>('node:dns/promises');
  return { ...actual, lookup: jest.fn(actual.lookup) };
});

const lookup = jest.mocked(dns.lookup as (host: string, options: object) => Promise<LookupAddress[]>);

afterEach(async () => {
  lookup.mockClear();
  await closeEverything();
});

function rules(some: Partial<DialRules> = {}): DialPolicy {
  return makeDialPolicy({ allow: [], deny: [], ownListeners: [], ...some });
}

function options(some: Partial<DialOptions> = {}): DialOptions {
  return { policy: rules(), timeoutMs: 5000, signal: new AbortController().signal, ...some };
}

async function host(): Promise<TcpHost> {
  return closeLater(await startTcpHost(), (one) => one.close());
}

/** Dials and keeps the socket until the test is over. */
async function dialled(name: string, port: number, some: Partial<DialOptions> = {}): Promise<Heard> {
  return new Heard(closeLater(await dial(name, port, options(some)), (socket) => socket.destroy()));
}

function refusal(name: string, port: number, some: Partial<DialOptions> = {}): Promise<unknown> {
  return dialled(name, port, some).then(
    () => 'it was dialled',
    (error: unknown) => error,
  );
}

function resolvesTo(...addresses: string[]): void {
  lookup.mockResolvedValueOnce(
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
}

describe('a host that answers', () => {
  test('is reached by its address, and bytes pass', async () => {
    const there = await host();
    const here = await dialled('127.0.0.1', there.port);
    const other = await there.next();
    here.socket.write('ping');
    expect(await other.text(4)).toBe('ping');
    other.socket.end('pong');
    expect((await here.rest()).toString()).toBe('pong');
  });

  test('is reached by its name, which is resolved once', async () => {
    const there = await host();
    await dialled('localhost', there.port);
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(lookup).toHaveBeenCalledWith('localhost', { all: true, verbatim: true });
  });

  test('may end first, and is still written to', async () => {
    const there = await host();
    const here = await dialled('127.0.0.1', there.port);
    const other = await there.next();
    other.socket.end();
    await here.ended();
    here.socket.write('still here');
    expect(await other.text(10)).toBe('still here');
  });

  test('is dialled at the address that was checked, not at what its name says a moment later', async () => {
    const there = await host();
    const asked: string[] = [];
    resolvesTo('127.0.0.1');
    const policy: DialPolicy = {
      refuse(address) {
        asked.push(address);
        resolvesTo('169.254.169.254');
        return null;
      },
    };
    const here = await dialled('rebinding.test', there.port, { policy });
    expect(asked).toEqual(['127.0.0.1']);
    expect(here.socket.remoteAddress).toBe('127.0.0.1');
    lookup
      .mockReset()
      .mockImplementation(jest.requireActual<typeof dns>('node:dns/promises').lookup as never);
  });
});

describe('a name with several addresses', () => {
  test('is reached at the first one that is allowed', async () => {
    const there = await host();
    resolvesTo('169.254.169.254', 'fe80::1', '127.0.0.1', '127.0.0.2');
    const here = await dialled('several.test', there.port);
    expect(here.socket.remoteAddress).toBe('127.0.0.1');
    expect(there.reached()).toBe(1);
  });

  test('is reached at the next one when one does not answer', async () => {
    const there = await host();
    resolvesTo('127.0.0.9', '127.0.0.1');
    const here = await dialled('several.test', there.port);
    expect(here.socket.remoteAddress).toBe('127.0.0.1');
  });

  test('is refused when none of them is allowed', async () => {
    const there = await host();
    resolvesTo('169.254.169.254', '127.0.0.1', '::1');
    const error = await refusal('several.test', there.port, { policy: rules({ allow: ['10.0.0.0/8'] }) });
    expect(error).toEqual(new DialError('the worker may not dial outside its allowed ranges'));
    expect(there.reached()).toBe(0);
  });

  test('may be localhost, of whatever addresses it has', async () => {
    const there = await host();
    const policy = rules({ allow: ['127.0.0.0/8'] });
    const here = await dialled('localhost', there.port, { policy });
    expect(here.socket.remoteAddress).toBe('127.0.0.1');
  });

  test('that turns out to have none is refused', async () => {
    resolvesTo();
    expect(await refusal('empty.test', 80)).toEqual(new DialError('the name has no address'));
  });
});

describe('a name within the bounds of a session', () => {
  const bounds = [{ allow: ['127.0.0.0/8', '10.0.0.0/8'], deny: ['10.1.0.0/16'] }];

  test('is held against them each time it is dialled, whatever it led to before', async () => {
    const there = await host();
    const policy = withinBounds(rules(), bounds);
    resolvesTo('127.0.0.1');
    expect((await dialled('flips.test', there.port, { policy })).socket.remoteAddress).toBe('127.0.0.1');
    resolvesTo('10.1.0.1');
    expect(await refusal('flips.test', there.port, { policy })).toEqual(
      new DialError('the address policy above its project denies it'),
    );
    resolvesTo('192.168.0.1');
    expect(await refusal('flips.test', there.port, { policy })).toEqual(
      new DialError('the address policy above its project allows only others'),
    );
    resolvesTo('10.1.0.1', '127.0.0.1');
    expect((await dialled('flips.test', there.port, { policy })).socket.remoteAddress).toBe('127.0.0.1');
  });

  test.each(['127.1', '0x7f.1', '2130706433', 'localhost', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])(
    'or an address is refused however it is spelled: %s',
    async (spelling) => {
      const there = await host();
      const policy = withinBounds(rules(), [{ allow: [], deny: ['127.0.0.0/8', '::1'] }]);
      expect(await refusal(spelling, there.port, { policy })).toEqual(
        new DialError('the address policy above its project denies it'),
      );
      expect(there.reached()).toBe(0);
    },
  );
});

describe('what may not be dialled', () => {
  const noLoopback = rules({ deny: ['127.0.0.0/8', '::1'] });

  test.each([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '2130706433',
    '127.000.000.001',
    'localhost',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
  ])('loopback, when it is denied, is refused however it is spelled: %s', async (spelling) => {
    const there = await host();
    const error = await refusal(spelling, there.port, { policy: noLoopback });
    expect(error).toBeInstanceOf(DialError);
    expect(there.reached()).toBe(0);
  });

  test.each([
    '169.254.169.254',
    '0xa9fea9fe',
    '169.254.43518',
    '2852039166',
    '::ffff:169.254.169.254',
    '0',
    '0.0.0.0',
  ])('what is denied by default is refused however it is spelled: %s', async (spelling) => {
    const error = await refusal(spelling, 80);
    expect(error).toEqual(new DialError('the worker may not dial this address'));
  });

  test('a listener of its own is refused however it is spelled', async () => {
    const there = await host();
    const policy = rules({ ownListeners: [{ address: '127.0.0.1', port: there.port }] });
    for (const spelling of ['127.0.0.1', '127.1', '2130706433', '0x7f.1', 'localhost', '::ffff:127.0.0.1']) {
      const error = await refusal(spelling, there.port, { policy });
      expect([spelling, error]).toEqual([spelling, new DialError('it is a listener of postern itself')]);
    }
    expect(there.reached()).toBe(0);
  });
});

describe('a host that cannot be reached', () => {
  test('because its port is shut is told as such, at once', async () => {
    expect(await refusal('127.0.0.1', await freePort())).toEqual(new DialError('it refused the connection'));
  });

  test('because its name does not resolve is told as such', async () => {
    lookup.mockRejectedValueOnce(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    expect(await refusal('nowhere.invalid', 80)).toEqual(new DialError('its name cannot be resolved'));
  });

  test('because its name is none is told as such', async () => {
    expect(await refusal('no name at all', 80)).toEqual(new DialError('its name cannot be resolved'));
  });

  test('because nobody accepts is given up when the time is over', async () => {
    const deaf = closeLater(await startDeafHost(), (one) => one.close());
    const startedAt = performance.now();
    const error = await refusal('127.0.0.1', deaf.port, { timeoutMs: 300 });
    expect(error).toEqual(new DialError('it did not answer in time'));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test('because its name is not resolved in time is given up', async () => {
    lookup.mockReturnValueOnce(new Promise(() => {}));
    const error = await refusal('slow.test', 80, { timeoutMs: 100 });
    expect(error).toEqual(new DialError('its name was not resolved in time'));
  });

  test('has no more time than its name left over', async () => {
    const deaf = closeLater(await startDeafHost(), (one) => one.close());
    lookup.mockImplementationOnce(async () => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      return [{ address: '127.0.0.1', family: 4 }];
    });
    const startedAt = performance.now();
    await refusal('slow.test', deaf.port, { timeoutMs: 400 });
    expect(performance.now() - startedAt).toBeLessThan(600);
  });
});

describe('an end of the session', () => {
  const meanwhile = new DialError('the session ended meanwhile');

  test('while a host is dialled stops the dialling at once', async () => {
    const deaf = closeLater(await startDeafHost(), (one) => one.close());
    const ending = new AbortController();
    const startedAt = performance.now();
    const dialling = refusal('127.0.0.1', deaf.port, { signal: ending.signal });
    setTimeout(() => ending.abort(), 50);
    expect(await dialling).toEqual(meanwhile);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('while a name is resolved stops the waiting for it', async () => {
    lookup.mockReturnValueOnce(new Promise(() => {}));
    const ending = new AbortController();
    const dialling = refusal('slow.test', 80, { signal: ending.signal });
    ending.abort();
    expect(await dialling).toEqual(meanwhile);
  });

  test('keeps the other addresses of a name from being tried', async () => {
    const deaf = closeLater(await startDeafHost(), (one) => one.close());
    const other = closeLater(await startTcpHost(() => {}, 0), (one) => one.close());
    const asked: string[] = [];
    const policy: DialPolicy = {
      refuse(address) {
        asked.push(address);
        return null;
      },
    };
    resolvesTo('127.0.0.1', '127.0.0.1');
    const ending = new AbortController();
    const dialling = refusal('several.test', deaf.port, { signal: ending.signal, policy });
    setTimeout(() => ending.abort(), 50);
    expect(await dialling).toEqual(meanwhile);
    expect(asked).toEqual(['127.0.0.1']);
    expect(other.reached()).toBe(0);
  });

  test('before the dialling keeps the host from being dialled', async () => {
    const there = await host();
    expect(await refusal('127.0.0.1', there.port, { signal: AbortSignal.abort() })).toEqual(meanwhile);
    expect(there.reached()).toBe(0);
  });
});
