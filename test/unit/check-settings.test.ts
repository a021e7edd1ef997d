import { checkSettings, isLocal } from '../../src/check-settings';
import { isEveryAddress, isLoopbackHost } from '../../src/core/listen-host';
import { StartFailure } from '../../src/core/start-failure';
import { readSettings, type Flags } from '../../src/settings';

const away: Flags = {
  apiListenAddress: '0.0.0.0:9200',
  behindProxy: 'true',
  publicUrl: 'https://postern.example',
};
const external = { DATABASE_URL: 'postgres://db.example/postern' };
const undialable = (host: string): string =>
  `${host} is no address that clients can dial; say in --proxy-public-address how they reach the worker`;
const demoBesideNothing =
  'the demo database stands beside an embedded database only; leave out --demo-database-port or DATABASE_URL';
const demoForAll =
  'the demo database has a password that anybody knows and is for this machine alone; leave out ' +
  '--demo-database-port, or serve the API on loopback without --behind-proxy and --public-url';

test.each<[what: string, flags: Flags, env: Record<string, string>, sentence: string]>([
  ['announces 0.0.0.0 to clients', { proxyListenAddress: '0.0.0.0:9202' }, {}, undialable('0.0.0.0')],
  ['announces :: to clients', { proxyListenAddress: '[::]:9202' }, {}, undialable('::')],
  ['is told to announce 0.0.0.0', { proxyPublicAddress: '0.0.0.0:9202' }, {}, undialable('0.0.0.0')],
  ['is told to announce ::', { proxyPublicAddress: '[::]:9202' }, {}, undialable('::')],
  ['starts the demo database with DATABASE_URL', { demoDatabasePort: '16001' }, external, demoBesideNothing],
  ['starts the demo database for everybody', { ...away, demoDatabasePort: '16001' }, {}, demoForAll],
  [
    'starts the demo database behind a proxy',
    { behindProxy: 'true', demoDatabasePort: '16001' },
    {},
    demoForAll,
  ],
])('a server that %s is refused', (_, flags, env, sentence) => {
  const settings = readSettings(flags, env);
  expect(() => checkSettings(settings)).toThrow(StartFailure);
  expect(() => checkSettings(settings)).toThrow(new StartFailure(sentence));
});

test.each<[what: string, flags: Flags, env: Record<string, string>]>([
  ['as it comes', {}, {}],
  ['on its own database', {}, external],
  ['with a demo database of its own port', { demoDatabasePort: '16002' }, {}],
  ['with none', { ...away, demoDatabasePort: '0' }, external],
  [
    'on all addresses, under names',
    { ...away, proxyListenAddress: '0.0.0.0:9202', proxyPublicAddress: 'worker.example:9202' },
    external,
  ],
])('a server %s may start', (_, flags, env) => {
  expect(() => checkSettings(readSettings(flags, env))).not.toThrow();
});

test.each<[expected: boolean, flags: Flags]>([
  [true, {}],
  [true, { apiListenAddress: '[::1]:9200' }],
  [true, { apiListenAddress: 'localhost:9200' }],
  [false, { apiListenAddress: '192.0.2.7:9200' }],
  [false, { behindProxy: 'true' }],
  [false, { publicUrl: 'https://postern.example' }],
])('an API is for this machine alone: %p with %j', (expected, flags) => {
  expect(isLocal(readSettings(flags, {}))).toBe(expected);
});

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['LocalHost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.0.2.7', false],
  ['localhost.example', false],
])('%s is loopback: %p', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});

test.each([
  ['0.0.0.0', true],
  ['0', true],
  ['::', true],
  ['0:0:0:0:0:0:0:0', true],
  ['::ffff:0.0.0.0', true],
  ['::1', false],
  ['10.0.0.0', false],
  ['worker.example', false],
])('%s stands for every address: %p', (host, expected) => {
  expect(isEveryAddress(host)).toBe(expected);
});
