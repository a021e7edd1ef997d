import { join } from 'node:path';
import { graphOf } from '../../src/config/graph';
import { readConfig } from '../../src/config/read-config';

const config = join(__dirname, '..', '..', 'config');
const hcl = join(config, 'demo.hcl');
const yaml = join(config, 'demo.yaml');

describe('the demo in HCL and in YAML', () => {
  test('is one and the same document', () => {
    expect(readConfig(hcl)).toEqual(readConfig(yaml));
  });

  test('is one and the same graph, in the same order', () => {
    const [one, other] = [graphOf(hcl, readConfig(hcl)), graphOf(yaml, readConfig(yaml))];
    expect(one.map((node) => node.address)).toEqual(other.map((node) => node.address));
    expect(one).toEqual(other);
  });
});

// The parser sets both when it is loaded, so each test loads it anew.
describe('reading HCL', () => {
  const readAnew = (): void => {
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded within the registry of its own
      const fresh = require('../../src/config/read-config') as { readConfig: typeof readConfig };
      fresh.readConfig(hcl);
    });
  };

  test.each([3, 10, Infinity])('leaves Error.stackTraceLimit at %p', (limit) => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = limit;
    try {
      readAnew();
      expect(Error.stackTraceLimit).toBe(limit);
    } finally {
      Error.stackTraceLimit = before;
    }
  });

  test('leaves no globalThis.require where there was none', () => {
    expect(Object.hasOwn(globalThis, 'require')).toBe(false);
    readAnew();
    expect(Object.hasOwn(globalThis, 'require')).toBe(false);
  });

  test('leaves a globalThis.require that was there, as there is in a REPL', () => {
    const ours = (): void => {};
    Object.assign(globalThis, { require: ours });
    try {
      readAnew();
      expect(Reflect.get(globalThis, 'require')).toBe(ours);
    } finally {
      Reflect.deleteProperty(globalThis, 'require');
    }
  });

  test('adds nothing else to what the process has in common', () => {
    const names = (): string[] =>
      [
        ...Reflect.ownKeys(globalThis),
        ...Reflect.ownKeys(Error),
        ...process.eventNames(),
        ...Reflect.ownKeys(Object.prototype),
        ...Reflect.ownKeys(Array.prototype),
      ]
        .map(String)
        .sort();
    const before = names();
    readAnew();
    expect(names()).toEqual(before);
  });
});
