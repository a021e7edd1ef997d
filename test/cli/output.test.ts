import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { actions } from '../../src/grant/action';
import {
  actionLines,
  factLines,
  grantAction,
  listTable,
  print,
  sorted,
  widthOf,
  word,
  type Output,
} from '../../src/cli/output';

const lines = (...all: string[]): string => all.join('\n');

describe('facts', () => {
  test('have their values in one column', () => {
    expect(factLines({ ID: 'ttcp_1', 'Default Port': 22 }, 2)).toEqual([
      '  ID:              ttcp_1',
      '  Default Port:    22',
    ]);
  });

  test('that are missing are left out and take no room', () => {
    const facts = { ID: 'ttcp_1', 'Session Connection Limit': null, Address: undefined };
    expect(factLines(facts, 0)).toEqual(['ID:    ttcp_1']);
  });

  test('may be nothing, or zero', () => {
    expect(factLines({ Name: '', Open: 0 }, 0)).toEqual(['Name:    ', 'Open:    0']);
  });

  test('of several blocks may share the widest column', () => {
    const width = widthOf({ ID: 'a' }, { 'Parent Scope ID': 'b', 'Left Out For Its Want Of Value': null });
    expect(width).toBe('Parent Scope ID:'.length + 4);
    expect(factLines({ ID: 'a' }, 4, width)).toEqual([`    ID:${' '.repeat(width - 3)}a`]);
  });

  test('of nothing are no lines', () => {
    expect(factLines({}, 2)).toEqual([]);
    expect(widthOf()).toBe(5);
  });

  test('are sorted by their labels', () => {
    expect(Object.keys(sorted({ Version: 1, ID: 2, Name: 3, 'Created Time': 4 }))).toEqual([
      'Created Time',
      'ID',
      'Name',
      'Version',
    ]);
  });
});

describe('a list', () => {
  test('shows each item by its identifier, with the rest in one column and actions one a line', () => {
    const items = [
      {
        facts: { ID: 'ttcp_1', Version: 1, Type: 'tcp', Name: 'tests' },
        actions: ['read', 'authorize-session'],
      },
      { facts: { ID: 'ttcp_2', Version: 12, Type: 'tcp', Name: null }, actions: [] },
    ];
    expect(listTable('Target information', 'No targets found', items)).toBe(
      lines(
        'Target information:',
        '  ID:           ttcp_1',
        '    Version:    1',
        '    Type:       tcp',
        '    Name:       tests',
        '    Authorized Actions:',
        '      read',
        '      authorize-session',
        '',
        '  ID:           ttcp_2',
        '    Version:    12',
        '    Type:       tcp',
      ),
    );
  });

  test('of nothing says so', () => {
    expect(listTable('Target information', 'No targets found', [])).toBe('No targets found');
  });

  test('has values in one column over all its items', () => {
    const items = [
      { facts: { ID: 'a', Name: 'one' }, actions: [] },
      { facts: { ID: 'b', Description: 'two' }, actions: [] },
    ];
    const columns = listTable('Things', 'None', items)
      .split('\n')
      .filter((line) => line.includes(': '))
      .map((line) => /: +/.exec(line)!.index + /: +/.exec(line)![0].length);
    expect(new Set(columns).size).toBe(1);
  });

  test('has no line for actions when there are none', () => {
    expect(actionLines([], 4)).toEqual([]);
    expect(actionLines(['read'], 2)).toEqual(['  Authorized Actions:', '    read']);
  });
});

describe('an action', () => {
  test.each(
    actions.map((action): [string, string] => [action.toUpperCase().replaceAll(/[-:]/g, '_'), action]),
  )('%s of the API is %s on the screen', (name, action) => {
    expect(grantAction(name)).toBe(action);
  });
});

describe('a word', () => {
  test.each([
    ['CLOSED_BY_USER', 'closed by user'],
    ['ACTIVE', 'active'],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%p of the API is %p for people', (value, expected) => {
    expect(word(value)).toBe(expected);
  });
});

describe('a result', () => {
  const outputTo = (format: 'table' | 'json'): { output: Output; text: () => string } => {
    const out = new PassThrough();
    const err = new PassThrough();
    return { output: { format, out, err }, text: () => String(out.read()) };
  };

  test('is one line of JSON for machines, and no table is made', () => {
    const { output, text } = outputTo('json');
    print(output, { item: { id: 'ttcp_1', name: 'a\nb' } }, () => {
      throw new Error('a table was made');
    });
    expect(text()).toBe('{"item":{"id":"ttcp_1","name":"a\\nb"}}\n');
  });

  test('is a table between empty lines for people', () => {
    const { output, text } = outputTo('table');
    print(output, {}, () => 'Target information:');
    expect(text()).toBe('\nTarget information:\n');
  });
});

// The zone of a process is fixed when it starts, so each is tried in one of its own.
describe('a time', () => {
  const shown = (zone: string, ...times: (string | null)[]): unknown =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [
          '-e',
          `const { localTime } = require(process.argv[1]);
           console.log(JSON.stringify(JSON.parse(process.argv[2]).map(localTime)))`,
          join(__dirname, '..', '..', 'dist', 'cli', 'output.js'),
          JSON.stringify(times),
        ],
        { env: { TZ: zone }, encoding: 'utf8' },
      ),
    );

  test.each([
    ['UTC', 'Wed, 25 Jan 2023 00:09:53 UTC'],
    ['America/Denver', 'Tue, 24 Jan 2023 17:09:53 MST'],
    ['Asia/Kolkata', 'Wed, 25 Jan 2023 05:39:53 GMT+5:30'],
  ])('is shown by the clock of the reader: %s', (zone, expected) => {
    expect(shown(zone, '2023-01-25T00:09:53.120Z')).toEqual([expected]);
  });

  test('follows summer and winter, has two digits everywhere, and is nothing when there is none', () => {
    expect(shown('America/Denver', '2024-07-04T09:05:06.000Z', '2024-02-29T23:59:59.999Z', null, '')).toEqual(
      ['Thu, 04 Jul 2024 03:05:06 MDT', 'Thu, 29 Feb 2024 16:59:59 MST', null, null],
    );
  });
});
