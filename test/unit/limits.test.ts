import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '../../src/limits';
import { readSettings } from '../../src/settings';

test('limits are in the settings, and nobody can change the defaults of others', () => {
  const { limits } = readSettings({}, {});
  expect(limits).toBe(defaultLimits);
  for (const part of [limits, limits.document, limits.webSocket, limits.login])
    expect(Object.isFrozen(part)).toBe(true);
});

test('limits are positive numbers', () => {
  const { document, webSocket, login, ...plain } = defaultLimits;
  for (const [name, value] of Object.entries({ ...document, ...webSocket, ...login, ...plain }))
    expect([name, Number.isInteger(value) && value > 0]).toEqual([name, true]);
});

test('the documentation tells the limits as they are', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const told = page.slice(page.indexOf('## Limits')).replaceAll(/\s+/g, ' ');
  const { document, webSocket, ...plain } = defaultLimits;
  const thousands = (value: number): string => value.toLocaleString('en-US');
  const seconds = (ms: number): string => `${ms / 1000} s`;
  for (const sentence of [
    `HTTP bodies ${plain.mostBodyBytes / 1000} kB in ${seconds(plain.bodyTimeoutMs)}`,
    `documents ${thousands(document.tokens)} tokens (${document.anonymousTokens} before sign-in), ` +
      `depth ${document.depth}, ${document.aliases} aliases, ${document.mutations} mutations, ` +
      `${document.rootFields} root fields, a cost of ${thousands(document.cost)}`,
    `WebSocket frames ${webSocket.mostFrameBytes / 1024} kB, ${webSocket.mostSubscriptions} subscriptions and ` +
      `${webSocket.mostMessagesPerSecond} messages a second per socket, ${thousands(webSocket.mostSockets)} sockets, ` +
      `${webSocket.mostAnonymousSockets} of one address before sign-in and ${webSocket.mostSocketsOfUser} of one user after`,
    `handshakes at the worker 512 bytes in ${seconds(plain.handshakeTimeoutMs)}, ` +
      `${thousands(plain.mostWorkerSockets)} sockets; a dial ${seconds(plain.dialTimeoutMs)}`,
  ])
    expect(told).toContain(sentence);
});
