import 'reflect-metadata';
import { cursorCodec } from '../../src/api/cursor';
import { pageOf, pageWindow, windowSql, type PageArgs, type PageWindow } from '../../src/api/page';
import { Failure } from '../../src/core/failure';

const cursors = cursorCodec(Buffer.alloc(32, 1));
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe('a cursor', () => {
  // Lengths that leave no, two and four bits over in the last character of base64.
  const positions = [['a'], ['ab'], ['abc'], ['2026-01-02T03:04:05.678Z', 's_0123456789']];

  test.each<readonly [string, readonly string[]]>([
    ['a time and an id', ['2026-01-02T03:04:05.678Z', 's_0123456789']],
    ['one text', ['0']],
    ['an empty text among others', ['', 'ttcp_a', '']],
    ['letters of any script', ['Zürich — 東京 🚪', 'ttcp_a']],
  ])('opens to what it was made of: %s', (_, position) => {
    expect(cursors.open(cursors.seal(position, 'list'), 'list')).toEqual(position);
  });

  test('can stand in an address without being escaped', () => {
    const cursor = cursors.seal(['ÿþÿþÿþ', '???>>>'], 'list');
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });

  test.each(positions)('does not open with a bit of its bytes flipped (%s)', (...position) => {
    const bytes = Buffer.from(cursors.seal(position, 'list'), 'base64url');
    const opened: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (cursors.open(flipped.toString('base64url'), 'list') !== null) opened.push(`bit ${bit}`);
    }
    expect(opened).toEqual([]);
  });

  test.each(positions)('does not open with a character of its text replaced (%s)', (...position) => {
    const cursor = cursors.seal(position, 'list');
    const opened: string[] = [];
    for (let at = 0; at < cursor.length; at++) {
      for (const other of alphabet) {
        const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
        if (changed !== cursor && cursors.open(changed, 'list') !== null) opened.push(changed);
      }
    }
    expect(opened).toEqual([]);
  });

  test.each<readonly [string, (cursor: string) => string]>([
    ['cut short by a character', (cursor) => cursor.slice(0, -1)],
    ['without its first character', (cursor) => cursor.slice(1)],
    ['with a character more', (cursor) => `${cursor}A`],
    ['with a character that is none of base64', (cursor) => `${cursor}!`],
    ['with padding', (cursor) => `${cursor}=`],
    ['with a space inside', (cursor) => `${cursor.slice(0, 8)} ${cursor.slice(8)}`],
    ['that is empty', () => ''],
    ['that is no cursor at all', () => 'x'],
    ['that is very long', (cursor) => cursor.repeat(50)],
  ])('does not open %s', (_, change) => {
    const cursor = cursors.seal(['2026-01-02T03:04:05.678Z', 's_0123456789'], 'list');
    expect(cursors.open(change(cursor), 'list')).toBeNull();
  });

  test.each([
    ['another list', 'another list'],
    ['a list whose name begins alike', 'list '],
    ['no list', ''],
  ])('does not open for %s', (_, boundTo) => {
    expect(cursors.open(cursors.seal(['a', 'b'], 'list'), boundTo)).toBeNull();
  });

  test('shows nothing of what a list is sorted by, which its reader may be kept from', () => {
    const cursor = cursors.seal(['2026-01-02T03:04:05.678Z', 's_0123456789'], 'list');
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
    expect(bytes).not.toMatch(/2026|03:04|s_0|0123/);
    const later = cursors.seal(['2026-01-02T03:04:05.679Z', 's_0123456789'], 'list');
    const apart = [...Buffer.from(cursor, 'base64url')].filter(
      (byte, at) => byte !== Buffer.from(later, 'base64url')[at],
    );
    expect(apart.length).toBeGreaterThan(48);
  });

  test('of one position is the same each time, so that cursors can be compared', () => {
    expect(cursors.seal(['a', 'b'], 'list')).toBe(cursors.seal(['a', 'b'], 'list'));
    expect(cursors.seal(['a', 'b'], 'list')).not.toBe(cursors.seal(['a', 'b'], 'another list'));
  });

  test('does not open under another key', () => {
    const others = cursorCodec(Buffer.alloc(32, 2));
    expect(others.open(cursors.seal(['a', 'b'], 'list'), 'list')).toBeNull();
  });

  test('opens under any of the keys that are listed, and is sealed under the first', () => {
    const [mine, theirs] = [1, 2].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer];
    const [both, other] = [cursorCodec(theirs, mine), cursorCodec(theirs)];
    const position = ['a', 'b'];
    expect(both.open(cursors.seal(position, 'list'), 'list')).toEqual(position);
    expect(both.seal(position, 'list')).toBe(other.seal(position, 'list'));
    expect(both.open(cursors.seal(position, 'list'), 'another list')).toBeNull();
  });
});

const list = ['target', 'u_me', 'p_a', true];

function refusalOf(args: PageArgs, of: readonly unknown[] = list): unknown {
  try {
    pageWindow(args, cursors, of);
    return null;
  } catch (error) {
    return error instanceof Failure ? error.problem : error;
  }
}

const cursorOf = (of: readonly unknown[], position = ['k', 'id']) =>
  cursors.seal(position, pageWindow({}, cursors, of).boundTo);

describe('the window of a page', () => {
  const here = cursorOf(list);

  test.each<readonly [string, PageArgs, Partial<PageWindow>]>([
    ['the first 25 when nothing is said', {}, { from: 'start', limit: 25, position: null }],
    ['the first ones', { first: 3 }, { from: 'start', limit: 3, position: null }],
    ['the most that may be asked for', { first: 100 }, { from: 'start', limit: 100 }],
    ['the least that may be asked for', { last: 1 }, { from: 'end', limit: 1, position: null }],
    ['those after a cursor', { first: 3, after: here }, { from: 'start', limit: 3, position: ['k', 'id'] }],
    ['25 after a cursor', { after: here }, { from: 'start', limit: 25, position: ['k', 'id'] }],
    ['those before a cursor', { last: 3, before: here }, { from: 'end', limit: 3, position: ['k', 'id'] }],
    ['25 before a cursor', { before: here }, { from: 'end', limit: 25, position: ['k', 'id'] }],
    [
      'nulls as if they were not given',
      { first: null, after: null, last: 2, before: null },
      { from: 'end', limit: 2, position: null },
    ],
  ])('may be %s', (_, args, expected) => {
    expect(pageWindow(args, cursors, list)).toMatchObject(expected);
  });

  test.each<readonly [string, PageArgs, string, RegExp]>([
    ['no items', { first: 0 }, 'first', /1 to 100/],
    ['fewer than none', { first: -1 }, 'first', /1 to 100/],
    ['more than 100', { first: 101 }, 'first', /1 to 100/],
    ['as many as an Int holds', { first: 2_147_483_647 }, 'first', /1 to 100/],
    ['no items from the end', { last: 0 }, 'last', /1 to 100/],
    ['more than 100 from the end', { last: 101 }, 'last', /1 to 100/],
    ['both directions at once', { first: 1, last: 1 }, 'last', /not both/],
    ['both ends at once', { after: here, before: here }, 'before', /not both/],
    ['the first before a cursor', { first: 1, before: here }, 'before', /last/],
    ['the last after a cursor', { last: 1, after: here }, 'after', /first/],
    ['a cursor that is none', { after: 'x' }, 'after', /not a cursor of this list/],
    ['an empty cursor', { after: '' }, 'after', /not a cursor of this list/],
    ['a cursor that is none, from the end', { before: 'x' }, 'before', /not a cursor of this list/],
    ['a cursor of one part', { after: cursorOf(list, ['k']) }, 'after', /not a cursor of this list/],
    ['a cursor of three parts', { after: cursorOf(list, ['k', 'id', 'x']) }, 'after', /not a cursor/],
  ])('must not be %s', (_, args, path, message) => {
    expect(refusalOf(args)).toEqual({
      code: 'INVALID_INPUT',
      issues: [{ path, message: expect.stringMatching(message) }],
    });
  });

  test.each<readonly [string, readonly unknown[]]>([
    ['another type', ['session', 'u_me', 'p_a', true]],
    ['another caller', ['target', 'u_other', 'p_a', true]],
    ['another scope', ['target', 'u_me', 'p_b', true]],
    ['another flag', ['target', 'u_me', 'p_a', false]],
    ['a filter more', ['target', 'u_me', 'p_a', true, { nameContains: 'x' }]],
    ['words that are joined otherwise', ['targetu_me', 'p_a', true]],
  ])('does not take the cursor of the list with %s', (_, of) => {
    expect(refusalOf({ after: cursorOf(of) })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(refusalOf({ after: cursorOf(of) }, of)).toBeNull();
  });
});

describe('the SQL of a window', () => {
  const sqlOf = (window: Partial<PageWindow>, descending: boolean) => {
    const values: unknown[] = [];
    const columns = { key: 't.at', keyType: 'timestamptz', id: 't.id', descending };
    const whole = { limit: 5, from: 'start', position: ['k', 'id'], boundTo: '', ...window } as const;
    const sql = windowSql(whole, columns, (value, cast = 'text') => {
      values.push(value);
      return `$${values.length}::${cast}`;
    });
    return { ...sql, values };
  };

  test.each([
    ['start', false, '>', 'asc'],
    ['start', true, '<', 'desc'],
    ['end', false, '<', 'desc'],
    ['end', true, '>', 'asc'],
  ] as const)('from the %s of a list that descends: %s', (from, descending, compare, direction) => {
    expect(sqlOf({ from }, descending)).toEqual({
      direction,
      limit: '$3::int',
      where: `(t.at, t.id::text) ${compare} ($1::timestamptz, $2::text)`,
      orderAndLimit: `order by t.at ${direction}, t.id::text ${direction} limit $3::int`,
      values: ['k', 'id', 6],
    });
  });

  test('has no condition without a cursor', () => {
    expect(sqlOf({ position: null }, false)).toMatchObject({ where: 'true', values: [6] });
  });
});

describe('a page', () => {
  interface Row {
    readonly id: string;
    readonly at: string | null;
  }
  const rows = (count: number): Row[] =>
    Array.from({ length: count }, (_, i) => ({ id: `t_${i}`, at: `k${i}` }));
  const windowOf = (args: PageArgs) => pageWindow(args, cursors, list);
  const page = (args: PageArgs, found: Row[], view: (row: Row) => Row | null = (row) => row) =>
    pageOf(found, windowOf(args), cursors, (row) => row.at ?? '', view);
  const here = cursorOf(list);

  test.each<readonly [string, PageArgs, number, boolean, boolean]>([
    ['whole list', { first: 3 }, 3, false, false],
    ['beginning, with more to follow', { first: 3 }, 4, true, false],
    ['middle, going forward', { first: 3, after: here }, 4, true, true],
    ['end, going forward', { first: 3, after: here }, 2, false, true],
    ['whole list from the end', { last: 3 }, 3, false, false],
    ['end, with more before', { last: 3 }, 4, false, true],
    ['middle, going backward', { last: 3, before: here }, 4, true, true],
    ['beginning, going backward', { last: 3, before: here }, 1, true, false],
  ])('knows what is around it: the %s', (_, args, found, hasNextPage, hasPreviousPage) => {
    expect(page(args, rows(found)).pageInfo).toMatchObject({ hasNextPage, hasPreviousPage });
    expect(page(args, rows(found)).nodes).toHaveLength(Math.min(found, 3));
  });

  test('is in the order of the list in both directions', () => {
    expect(page({ first: 2 }, rows(3)).nodes.map(({ id }) => id)).toEqual(['t_0', 't_1']);
    expect(page({ last: 2 }, rows(3)).nodes.map(({ id }) => id)).toEqual(['t_1', 't_0']);
  });

  test('has the cursors of its first and its last item, which lead on from there', () => {
    const { edges, pageInfo } = page({ first: 3 }, rows(4));
    expect(pageInfo).toMatchObject({ startCursor: edges[0]!.cursor, endCursor: edges[2]!.cursor });
    expect(windowOf({ after: pageInfo.endCursor! }).position).toEqual(['k2', 't_2']);
    expect(windowOf({ before: pageInfo.startCursor! }).position).toEqual(['k0', 't_0']);
  });

  test('that is empty has no cursors and nothing around it', () => {
    expect(page({ first: 3 }, [])).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('leaves out what its reader may not see', () => {
    const { nodes, edges } = page({ first: 3 }, rows(3), (row) => (row.id === 't_1' ? null : row));
    expect(nodes.map(({ id }) => id)).toEqual(['t_0', 't_2']);
    expect(edges.map(({ node }) => node)).toEqual(nodes);
  });

  test('has right cursors even when the sort key is hidden from its reader', () => {
    const { pageInfo } = page({ first: 1 }, rows(2), (row) => Object.assign(row, { at: null }));
    expect(windowOf({ after: pageInfo.endCursor! }).position).toEqual(['k0', 't_0']);
  });
});
