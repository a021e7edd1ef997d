import type { IncomingMessage } from 'node:http';
import { makeDoors, type DoorSettings } from '../../src/graphql/doors';

const plain: DoorSettings = {
  host: '127.0.0.1',
  port: 9200,
  isTls: false,
  publicUrl: null,
  allowedOrigins: [],
};
const onIpv6 = { ...plain, host: '::1' };
const onStandardPort = { ...plain, port: 80 };
const outside = { ...plain, host: '192.0.2.7', isTls: true, port: 443 };
const outsideIpv6 = { ...outside, host: '2001:db8::7', port: 9200 };
const byName = { ...outside, host: 'Postern.Example', port: 9200 };
const everywhere = { ...outside, host: '0.0.0.0', port: 9200 };
const published = { ...plain, host: '0.0.0.0', publicUrl: new URL('https://postern.example') };
const publishedPort = { ...plain, publicUrl: new URL('https://postern.example:8443/ui') };
const withPages = { ...plain, allowedOrigins: ['https://pages.example', 'http://localhost:5173'] };

type Row = [what: string, settings: DoorSettings, host: string | undefined, origin: string | undefined];

const allowed: Row[] = [
  ['its address', plain, '127.0.0.1:9200', undefined],
  ['localhost for its address', plain, 'localhost:9200', undefined],
  ['IPv6 for its address', plain, '[::1]:9200', undefined],
  ['a name in upper case', plain, 'LOCALHOST:9200', undefined],
  ['IPv4 for its IPv6 address', onIpv6, '127.0.0.1:9200', undefined],
  ['its IPv6 address', onIpv6, '[::1]:9200', undefined],
  ['a page of its own', plain, '127.0.0.1:9200', 'http://127.0.0.1:9200'],
  ['a page of its own under another of its names', plain, '127.0.0.1:9200', 'http://localhost:9200'],
  ['a page of its own by IPv6', onIpv6, '[::1]:9200', 'http://[::1]:9200'],
  ['the standard port left out', onStandardPort, 'localhost', undefined],
  ['the standard port written', onStandardPort, 'localhost:80', undefined],
  ['a page with the standard port left out', onStandardPort, 'localhost', 'http://localhost'],
  ['the standard port of TLS left out', outside, '192.0.2.7', 'https://192.0.2.7'],
  ['the standard port of TLS written', outside, '192.0.2.7:443', undefined],
  ['an outer IPv6 address', outsideIpv6, '[2001:db8::7]:9200', 'https://[2001:db8::7]:9200'],
  [
    'the name it listens by, whatever its case',
    byName,
    'postern.example:9200',
    'https://postern.example:9200',
  ],
  ['its public name', published, 'postern.example', undefined],
  ['its public name with the standard port written', published, 'postern.example:443', undefined],
  ['a page under its public name', published, 'postern.example', 'https://postern.example'],
  ['its public name with a port', publishedPort, 'postern.example:8443', 'https://postern.example:8443'],
  ['its own address beside the public one', publishedPort, 'localhost:9200', 'http://localhost:9200'],
  ['a page of an allowed origin', withPages, '127.0.0.1:9200', 'https://pages.example'],
  ['a page of an allowed origin on this machine', withPages, 'localhost:9200', 'http://localhost:5173'],
  ['an allowed origin in upper case', withPages, 'localhost:9200', 'HTTPS://PAGES.EXAMPLE'],
];

const strangers: Row[] = [
  ['no name at all', plain, undefined, undefined],
  ['an empty name', plain, '', undefined],
  ['another name that leads here', plain, 'evil.example:9200', undefined],
  ['another name, from a page under that name', plain, 'evil.example:9200', 'http://evil.example:9200'],
  ['its name with a dot behind it', plain, 'localhost.:9200', undefined],
  ['a name that begins like its own', plain, 'localhost.evil.example:9200', undefined],
  ['another port', plain, '127.0.0.1:9201', undefined],
  ['no port where it is not the standard one', plain, '127.0.0.1', undefined],
  ['another address of this machine', plain, '127.0.0.2:9200', undefined],
  ['IPv6 without brackets', onIpv6, '::1:9200', undefined],
  ['a loopback name for an outer address', outside, 'localhost:443', undefined],
  ['the standard port of the other scheme', outside, '192.0.2.7:80', undefined],
  ['any name where it listens everywhere', everywhere, 'postern.example:9200', undefined],
  ['the public name with another port', publishedPort, 'postern.example', undefined],
  ['a name below the public one', published, 'www.postern.example', undefined],
  ['the host of an allowed origin', withPages, 'pages.example', undefined],
];

const foreign: Row[] = [
  ['another site', plain, '127.0.0.1:9200', 'https://evil.example'],
  ['another port of this machine', plain, '127.0.0.1:9200', 'http://127.0.0.1:3000'],
  ['its name under the other scheme', plain, '127.0.0.1:9200', 'https://127.0.0.1:9200'],
  ['a file or a sandboxed frame', plain, '127.0.0.1:9200', 'null'],
  ['nowhere', plain, '127.0.0.1:9200', ''],
  ['an origin that begins like its own', plain, '127.0.0.1:9200', 'http://127.0.0.1:9200.evil.example'],
  ['a plain page where it has TLS', outside, '192.0.2.7', 'http://192.0.2.7'],
  ['the public name under the other scheme', published, 'postern.example', 'http://postern.example'],
  ['a path behind an allowed origin', withPages, '127.0.0.1:9200', 'https://pages.example/'],
  ['a site below an allowed one', withPages, '127.0.0.1:9200', 'https://a.pages.example'],
];

function refusal(settings: DoorSettings, host: string | undefined, origin: string | undefined) {
  const headers = { ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) };
  return makeDoors(settings).refuse({ headers } as IncomingMessage);
}

describe('the doors', () => {
  test.each(allowed)('let in %s', (_, settings, host, origin) => {
    expect(refusal(settings, host, origin)).toBeNull();
  });

  test.each(strangers)('turn away who asks for %s', (_, settings, host, origin) => {
    expect(refusal(settings, host, origin)).toEqual({
      status: 421,
      message: 'this server does not go by that name; set --public-url if it should',
    });
  });

  test.each(foreign)('turn away a page of %s', (_, settings, host, origin) => {
    expect(refusal(settings, host, origin)).toEqual({
      status: 403,
      message: 'pages of that origin may not use this API; name it in --allowed-origin if they should',
    });
  });
});
