import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliFailure } from '../../src/cli/cli-failure';
import { knownPrograms } from '../../src/cli/commands/connect-program';
import type { KnownProgram } from '../../src/cli/connect/known-program';
import { siteOf } from '../../src/cli/connect/site';
import { startOf, type Given } from '../support/planned-start';

// Programs of these names are there, and never run.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-known-'));
  const needed = knownPrograms.flatMap(({ styles }) => Object.values(styles).map(({ needs }) => needs));
  for (const name of needed.flatMap((needs) => Object.keys(needs))) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function known(name: string): KnownProgram {
  return knownPrograms.find((one) => one.name === name)!;
}

/** The command line, as it is started. */
function lineOf(name: string, given: Given): string[] {
  return startOf(known(name), { ...given, env: { PATH: folder, ...given.env } }).line;
}

const onIpv6 = { address: '::1', port: 40123 };

/** The same line as words between blanks; a word with a blank in it stands as a list. */
const words = (...parts: (string | string[])[]): string[] =>
  parts.flatMap((part) => (typeof part === 'string' ? part.split(' ') : part));

describe('the command line of', () => {
  test.each<[string, string, Given, string[]]>([
    ['postgres', 'nothing else', {}, words('psql -p 40123 -h 127.0.0.1')],
    [
      'postgres',
      'user and database',
      { flags: { username: 'ann', dbname: 'orders' } },
      words('psql -p 40123 -h 127.0.0.1 -d orders -U ann'),
    ],
    [
      'postgres',
      'arguments of the caller',
      { given: ['-c', 'select 1', '--set=p={{postern.port}}'] },
      words('psql -c', ['select 1'], '--set=p=40123 -p 40123 -h 127.0.0.1'),
    ],
    ['postgres', 'IPv6', { local: onIpv6 }, words('psql -p 40123 -h ::1')],
    ['mysql', 'nothing else', {}, words('mysql -P 40123 -h 127.0.0.1 -p')],
    [
      'mysql',
      'user and database',
      { flags: { username: 'ann', dbname: 'orders' } },
      words('mysql -P 40123 -h 127.0.0.1 -D orders -u ann -p'),
    ],
    [
      'mysql',
      'a password of the environment',
      { env: { MYSQL_PWD: 'secret' } },
      words('mysql -P 40123 -h 127.0.0.1'),
    ],
    [
      'mysql',
      'a file of options, which must stand first',
      { given: ['--defaults-file=my.cnf'] },
      words('mysql --defaults-file=my.cnf -P 40123 -h 127.0.0.1 -p'),
    ],
    ['mongo', 'nothing else', {}, words('mongosh --port 40123 --host 127.0.0.1')],
    [
      'mongo',
      'user and databases',
      { flags: { username: 'ann', dbname: 'events', 'authentication-database': 'admin' } },
      words('mongosh --port 40123 --host 127.0.0.1 -u ann --authenticationDatabase admin events'),
    ],
    ['cassandra', 'nothing else', {}, words('cqlsh 127.0.0.1 40123')],
    [
      'cassandra',
      'user and keyspace',
      { flags: { username: 'ann', keyspace: 'metrics' }, given: ['--ssl'] },
      words('cqlsh --ssl 127.0.0.1 40123 -u ann -k metrics'),
    ],
    ['redis', 'nothing else', {}, words('redis-cli -h 127.0.0.1 -p 40123')],
    [
      'redis',
      'a user',
      { flags: { username: 'ann' } },
      words('redis-cli -h 127.0.0.1 -p 40123 --user ann --askpass'),
    ],
    [
      'redis',
      'a password of the environment',
      { flags: { username: 'ann' }, env: { REDISCLI_AUTH: 'secret' } },
      words('redis-cli -h 127.0.0.1 -p 40123 --user ann'),
    ],
    [
      'redis',
      'a command, behind which no option would be one',
      { given: ['get', '--'] },
      words('redis-cli -h 127.0.0.1 -p 40123 get --'),
    ],
    ['ssh', 'nothing else', {}, words('ssh -p 40123 -o HostKeyAlias=ttcp_1234567890 -- 127.0.0.1')],
    [
      'ssh',
      'a host of several',
      { session: { hostId: 'hst_1234567890' } },
      words('ssh -p 40123 -o HostKeyAlias=hst_1234567890 -- 127.0.0.1'),
    ],
    ['ssh', 'ids that grants keep back', { session: { targetId: null } }, words('ssh -p 40123 -- 127.0.0.1')],
    [
      'ssh',
      'a user, arguments and a command',
      {
        flags: { username: 'ann', 'remote-command': 'ls "$HOME"; id' },
        given: ['-i', '~/.ssh/work', '-L', '8080:localhost:80'],
      },
      words(
        'ssh -i ~/.ssh/work -L 8080:localhost:80 -p 40123 -o HostKeyAlias=ttcp_1234567890 -l ann -- 127.0.0.1',
        ['ls "$HOME"; id'],
      ),
    ],
    ['ssh', 'IPv6', { local: onIpv6 }, words('ssh -p 40123 -o HostKeyAlias=ttcp_1234567890 -- ::1')],
    [
      'ssh',
      'a command that looks like an option',
      { flags: { 'remote-command': '-oProxyCommand=id' } },
      words('ssh -p 40123 -o HostKeyAlias=ttcp_1234567890 -- 127.0.0.1 -oProxyCommand=id'),
    ],
    [
      'ssh',
      'sshpass, whose arguments are those of ssh',
      { style: 'sshpass', flags: { username: 'ann' }, given: ['-v'], env: { SSHPASS: 'secret' } },
      words('sshpass -e ssh -v -p 40123 -o HostKeyAlias=ttcp_1234567890 -l ann -- 127.0.0.1'),
    ],
    [
      'ssh',
      'putty',
      { style: 'putty', flags: { username: 'ann' }, session: { hostId: 'hst_1234567890' } },
      words('putty -P 40123 -loghost hst_1234567890 -l ann 127.0.0.1'),
    ],
    [
      'ssh',
      'putty and IPv6',
      { style: 'putty', local: onIpv6, session: { targetId: null } },
      words('putty -P 40123 ::1'),
    ],
    [
      'kube',
      'arguments, with options that are not kubectl’s own',
      { given: ['exec', 'web-0', '--', 'ls', '-l'], flags: { host: 'kubernetes' } },
      words('kubectl --tls-server-name kubernetes --server https://127.0.0.1:40123 exec web-0 -- ls -l'),
    ],
    [
      'kube',
      'the address of the target',
      { given: ['get', 'pods'] },
      words('kubectl --tls-server-name 10.0.0.1 --server https://127.0.0.1:40123 get pods'),
    ],
    [
      'kube',
      'IPv6, an address that is kept back, and no TLS',
      { given: ['version'], flags: { scheme: 'http' }, local: onIpv6, session: { endpoint: null } },
      words('kubectl --server http://[::1]:40123 version'),
    ],
  ])('%s with %s', (name, _, given, expected) => {
    expect(lineOf(name, given)).toEqual(expected);
  });

  const curl = (noproxy: string, connectTo: string, url: string): string[] =>
    words(`curl --globoff --noproxy ${noproxy} --connect-to ${connectTo} ${url}`);

  test.each<[string, Given, string[]]>([
    [
      'the address of the target',
      {},
      curl('10.0.0.1', '10.0.0.1::127.0.0.1:40123', 'https://10.0.0.1:8443/'),
    ],
    [
      'an IPv6 address of the target',
      { session: { endpoint: 'tcp://[fd00::1]:8443' } },
      curl('fd00::1', '[fd00::1]::127.0.0.1:40123', 'https://[fd00::1]:8443/'),
    ],
    [
      'an address that is kept back',
      { session: { endpoint: null } },
      words('curl --globoff --noproxy 127.0.0.1 https://127.0.0.1:40123/'),
    ],
    [
      'an address that is kept back, and IPv6',
      { session: { endpoint: null }, local: onIpv6 },
      words('curl --globoff --noproxy ::1 https://[::1]:40123/'),
    ],
    [
      'a site',
      { flags: { host: 'shop.example', path: '/health' } },
      curl('shop.example', 'shop.example::127.0.0.1:40123', 'https://shop.example/health'),
    ],
    [
      'a site with a port, on IPv6',
      { flags: { host: 'Shop.example:8443', scheme: 'http' }, local: onIpv6 },
      curl('shop.example', 'shop.example::[::1]:40123', 'http://shop.example:8443/'),
    ],
    [
      'a site in another alphabet',
      { flags: { host: 'bücher.example' } },
      curl(
        'xn--bcher-kva.example',
        'xn--bcher-kva.example::127.0.0.1:40123',
        'https://xn--bcher-kva.example/',
      ),
    ],
    [
      'a path without its slash that looks like another site',
      { flags: { path: '@evil.example/' } },
      curl('10.0.0.1', '10.0.0.1::127.0.0.1:40123', 'https://10.0.0.1:8443/@evil.example/'),
    ],
    [
      'a path that looks like an option',
      { flags: { path: '-o/etc/passwd' } },
      curl('10.0.0.1', '10.0.0.1::127.0.0.1:40123', 'https://10.0.0.1:8443/-o/etc/passwd'),
    ],
    [
      'a path with signs that an address cannot have',
      { flags: { path: '/a b/ü€?q=[1-3]{x}%20&r=\r\n' } },
      curl(
        '10.0.0.1',
        '10.0.0.1::127.0.0.1:40123',
        'https://10.0.0.1:8443/a%20b/%C3%BC%E2%82%AC?q=[1-3]{x}%20&r=%0D%0A',
      ),
    ],
    [
      'arguments of the caller and a method',
      { flags: { method: 'PUT' }, given: ['-d', '{"a": 1}'] },
      words(
        'curl -d',
        ['{"a": 1}'],
        '-X PUT --globoff --noproxy 10.0.0.1 --connect-to 10.0.0.1::127.0.0.1:40123 https://10.0.0.1:8443/',
      ),
    ],
    [
      'HEAD, for which curl has a word of its own',
      { flags: { method: 'HEAD' } },
      words(
        'curl --head --globoff --noproxy 10.0.0.1 --connect-to 10.0.0.1::127.0.0.1:40123 https://10.0.0.1:8443/',
      ),
    ],
  ])('http with %s', (_, given, expected) => {
    expect(lineOf('http', given)).toEqual(expected);
  });
});

describe('a user name', () => {
  const odd = [
    '$(id)',
    '`id`',
    '; id',
    'a b',
    "o'brien",
    '"',
    'DOM\\ann',
    'ann@realm',
    'a-b',
    '{{postern.ip}}',
    'ü',
    'a\nb',
  ];
  const programs = ['postgres', 'mysql', 'mongo', 'cassandra', 'redis', 'ssh'];

  test.each(programs)('is one argument of %s, whatever stands in it', (name) => {
    const plain = lineOf(name, { flags: { username: 'ann' } });
    for (const username of odd)
      expect(lineOf(name, { flags: { username } })).toEqual(
        plain.map((word) => (word === 'ann' ? username : word)),
      );
  });

  test.each(programs)('that could be an option of %s is refused', (name) => {
    for (const username of ['-oProxyCommand=id', '-', '--', '--help'])
      expect(() => lineOf(name, { flags: { username } })).toThrow(
        new CliFailure(
          '-username (POSTERN_CONNECT_USERNAME) must not begin with -: it would be taken for an option',
        ),
      );
  });
});

describe('what a server says', () => {
  test.each(['hst_1\nProxyCommand id', 'hst_1 x', '-oProxyCommand=id', 'none', '', 'HST_1', 'hst_1/../x'])(
    'is no name for a host key unless it is an id: %j',
    (hostId) => {
      expect(lineOf('ssh', { session: { hostId } })).toEqual(words('ssh -p 40123 -- 127.0.0.1'));
    },
  );

  test.each([
    'tcp://a/b:80',
    'tcp://a@b:80',
    'tcp://-x:80',
    'tcp://a b:80',
    'tcp://a:80 -o x',
    'tcp://',
    'tcp://a:99999',
  ])('is no site unless it is an address: %s', (endpoint) => {
    expect(lineOf('http', { session: { endpoint } }).at(-1)).toBe('https://127.0.0.1:40123/');
  });
});

describe('before a session is asked for', () => {
  test.each<[string, string, Given, string]>([
    ['a style there is not', 'ssh', { style: 'telnet' }, '-style must be ssh or sshpass or putty'],
    ['a style that objects have', 'ssh', { style: 'constructor' }, '-style must be ssh or sshpass or putty'],
    ['a style there is not', 'postgres', { style: 'pgcli' }, '-style must be psql'],
    [
      'a database that looks like an option',
      'postgres',
      { flags: { dbname: '-c' } },
      '-dbname (POSTERN_CONNECT_DBNAME) must not begin with -: it would be taken for an option',
    ],
    [
      'a keyspace that looks like an option',
      'cassandra',
      { flags: { keyspace: '-f/etc/passwd' } },
      '-keyspace (POSTERN_CONNECT_KEYSPACE) must not begin with -: it would be taken for an option',
    ],
    [
      'options that end before ours',
      'postgres',
      { given: ['-x', '--', 'orders'] },
      'psql would not see the address of the target behind a second --; leave it out',
    ],
    [
      'options that end before ours',
      'ssh',
      { given: ['--'] },
      'ssh would not see the address of the target behind a second --; leave it out',
    ],
    [
      'a command without its flag',
      'ssh',
      { given: ['uname', '-a'] },
      "uname would be taken for the host; a remote command is given as -remote-command='uname -a'",
    ],
    [
      'another host',
      'ssh',
      { style: 'putty', given: ['web2'] },
      "web2 would be taken for the host; a remote command is given as -remote-command='web2'",
    ],
    [
      'sshpass without a password',
      'ssh',
      { style: 'sshpass' },
      'sshpass takes the password of a credential of the target, or from SSHPASS; set that, or leave out -style and be asked',
    ],
    [
      'putty with a command',
      'ssh',
      { style: 'putty', flags: { 'remote-command': 'id' } },
      'putty runs no remote command; leave out -style to run it with ssh',
    ],
    ['another scheme', 'http', { flags: { scheme: 'file' } }, '-scheme must be https or http'],
    [
      'a method with a header in it',
      'http',
      { flags: { method: 'GET / HTTP/1.1\r\nX: y' } },
      '-method must be a word such as POST',
    ],
    [
      'a method that looks like an option',
      'http',
      { flags: { method: '-o' } },
      '-method must be a word such as POST',
    ],
    [
      'a site that is an address of the web',
      'http',
      { flags: { host: 'https://shop.example' } },
      '-host must be a host name or an IP address, with :PORT or without',
    ],
    [
      'a name with a port',
      'kube',
      { flags: { host: 'kubernetes:6443' }, given: ['get'] },
      '-host must be a host name or an IP address',
    ],
    ['nothing to do', 'kube', {}, 'say behind -- what kubectl is to do: postern connect kube … -- get pods'],
    [
      'a program that is missing',
      'ssh',
      { env: { PATH: '/nonexistent' } },
      'ssh is not installed or not on the PATH; install OpenSSH (Debian: apt install openssh-client), or use `postern connect` with a client of your own',
    ],
  ])('%s is refused: %s', (_, name, given, message) => {
    expect(() => lineOf(name, given)).toThrow(new CliFailure(message));
  });

  test('each program of a style is looked for', () => {
    rmSync(join(folder, 'ssh'));
    try {
      expect(() => lineOf('ssh', { style: 'sshpass', env: { SSHPASS: 'secret' } })).toThrow(
        /^ssh is not installed/,
      );
    } finally {
      writeFileSync(join(folder, 'ssh'), '', { mode: 0o755 });
    }
  });
});

describe('a site', () => {
  test.each([
    ['shop.example', 'shop.example', ''],
    ['SHOP.example:443', 'shop.example', ':443'],
    ['10.0.0.1:80', '10.0.0.1', ':80'],
    ['fd00::1', '[fd00::1]', ''],
    ['[fd00::1]:8443', '[fd00::1]', ':8443'],
    ['a_b.example', 'a_b.example', ''],
    ['localhost', 'localhost', ''],
  ])('is read: %s', (text, host, port) => {
    expect(siteOf(text)).toEqual({ host, port });
  });

  test.each([
    ...[
      '',
      ':80',
      'a:',
      'a:x',
      'a:65536',
      'a/b',
      'a b',
      'a@b',
      'a?b',
      'a#b',
      '-a',
      'a.',
      '.a',
      'a,b',
      '*',
      'a%2fb',
    ],
    ...[
      'a\r\nHost: b',
      'a\tb',
      'a\n',
      'a\\b',
      '%61',
      '[a]',
      '[::1',
      '::1]',
      '[fe80::1%eth0]',
      'fe80::1%eth0',
      'a:1:2',
      'a:80:b:90',
    ],
  ])('is refused: %j', (text) => {
    expect(siteOf(text)).toBeNull();
  });
});
