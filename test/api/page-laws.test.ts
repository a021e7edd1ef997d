import 'reflect-metadata';
import * as fc from 'fast-check';
import { cursorCodec } from '../../src/api/cursor';
import { pageOf, pageWindow, windowSql, type Page, type PageArgs } from '../../src/api/page';
import { Params } from '../../src/grant/list-predicate';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

interface Row {
  readonly id: string;
  readonly at: string;
}

const cursors = cursorCodec(Buffer.alloc(32, 3));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql('create temporary table item (id public_id primary key, at timestamptz(3) not null)');
});
afterAll(() => database.drop());

async function insert(rows: readonly Row[]): Promise<void> {
  await database.sql('insert into item select * from unnest($1::text[], $2::timestamptz[])', [
    rows.map(({ id }) => id),
    rows.map(({ at }) => at),
  ]);
}

async function fill(rows: readonly Row[]): Promise<void> {
  await database.sql('truncate item');
  await insert(rows);
}

async function whole(descending: boolean): Promise<string[]> {
  const way = descending ? 'desc' : 'asc';
  const rows = await database.sql<Row>(`select id from item order by at ${way}, id::text ${way}`);
  return rows.map(({ id }) => id);
}

async function readPage(args: PageArgs, descending: boolean): Promise<Page<Row>> {
  const params = new Params();
  const window = pageWindow(args, cursors, ['item', descending]);
  const columns = { key: 'i.at', keyType: 'timestamptz', id: 'i.id', descending };
  const { where, orderAndLimit } = windowSql(window, columns, (value, cast) => params.add(value, cast));
  const rows = await database.sql<Row>(
    `select i.id, rfc3339(i.at) as at from item i where ${where} ${orderAndLimit}`,
    params.values,
  );
  return pageOf(
    rows,
    window,
    cursors,
    ({ at }) => at,
    (row) => row,
  );
}

const idsOf = ({ nodes }: Page<Row>) => nodes.map(({ id }) => id);

/** Every page from there on, each with what it says of its neighbours. */
async function readForward(
  size: number,
  descending: boolean,
  after: string | null = null,
): Promise<Page<Row>[]> {
  const pages = [await readPage({ first: size, after }, descending)];
  while (pages.at(-1)!.pageInfo.hasNextPage) {
    pages.push(await readPage({ first: size, after: pages.at(-1)!.pageInfo.endCursor }, descending));
  }
  return pages;
}

async function readBackward(size: number, descending: boolean): Promise<Page<Row>[]> {
  const pages = [await readPage({ last: size }, descending)];
  while (pages.at(-1)!.pageInfo.hasPreviousPage) {
    pages.push(await readPage({ last: size, before: pages.at(-1)!.pageInfo.startCursor }, descending));
  }
  return pages;
}

const letters = '0129ABYZabyz';
const id = fc
  .string({ unit: fc.constantFrom(...Array.from(letters)), minLength: 4, maxLength: 6 })
  .map((text) => `ttcp_${text}`);
// Five moments for up to thirty rows: most of them share their sort key with others.
const moments = ['00.000', '00.001', '00.002', '01.000', '59.999'].map(
  (seconds) => `2026-03-04T05:06:${seconds}Z`,
);
const row = fc.record({ id, at: fc.constantFrom(...moments) });
const rows = fc.uniqueArray(row, { selector: (one) => one.id, maxLength: 30 });
const size = fc.integer({ min: 1, max: 8 });

describe('the pages of a list', () => {
  test('one after the other are the list, each item once', async () => {
    await fc.assert(
      fc.asyncProperty(rows, size, fc.boolean(), async (all, most, descending) => {
        await fill(all);
        const pages = await readForward(most, descending);
        expect(pages.flatMap(idsOf)).toEqual(await whole(descending));
        expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / most)));
        expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual(pages.map((_, i) => i > 0));
      }),
      { numRuns: 150 },
    );
  });

  test('from the end are the list too, each page in its order and the last one first', async () => {
    await fc.assert(
      fc.asyncProperty(rows, size, fc.boolean(), async (all, most, descending) => {
        await fill(all);
        const pages = await readBackward(most, descending);
        expect([...pages].reverse().flatMap(idsOf)).toEqual(await whole(descending));
        expect(pages).toHaveLength(Math.max(1, Math.ceil(all.length / most)));
        expect(pages.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual(pages.map((_, i) => i > 0));
      }),
      { numRuns: 150 },
    );
  });

  test('lead back to the items just read', async () => {
    await fc.assert(
      fc.asyncProperty(rows, size, fc.boolean(), async (all, most, descending) => {
        await fill(all);
        const [first, second] = await readForward(most, descending);
        if (!second) return;
        const before = second.pageInfo.startCursor;
        expect(idsOf(await readPage({ last: most, before }, descending))).toEqual(idsOf(first!));
      }),
      { numRuns: 100 },
    );
  });

  test('do not shift when rows come in ahead of what was read, and bring those that come in behind', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, size, fc.boolean(), async (all, others, most, descending) => {
        await fill(all);
        const first = await readPage({ first: most }, descending);
        const known = new Set(all.map((one) => one.id));
        const late = others.filter((one) => !known.has(one.id));
        await insert(late);
        const end = first.pageInfo.endCursor;
        const list = await whole(descending);
        const behind = end === null ? list : list.slice(list.indexOf(first.nodes.at(-1)!.id) + 1);
        const rest = (await readForward(most, descending, end)).flatMap(idsOf);
        expect(rest).toEqual(behind);
        const read = new Set([...idsOf(first), ...rest]);
        expect(all.filter((one) => !read.has(one.id))).toEqual([]);
        expect(read.size).toBe(first.nodes.length + rest.length);
      }),
      { numRuns: 150 },
    );
  });

  test('go on from a row that is gone', async () => {
    await fc.assert(
      fc.asyncProperty(rows, size, fc.boolean(), async (all, most, descending) => {
        await fill(all);
        const list = await whole(descending);
        const first = await readPage({ first: most }, descending);
        await database.sql('delete from item where id = any($1)', [idsOf(first)]);
        const rest = await readForward(most, descending, first.pageInfo.endCursor);
        expect(rest.flatMap(idsOf)).toEqual(list.slice(most));
      }),
      { numRuns: 100 },
    );
  });
});
