import type { Denial } from '../../src/core/ctx';
import type { Reader } from '../../src/core/tx';
import { startDenialWriter, type DenialWriter } from '../../src/db/denial-writer';
import { HeardLog } from '../support/heard-log';
import { ManualClock } from '../support/manual-clock';

const denial: Denial = {
  code: 'FORBIDDEN',
  action: 'read',
  resourceType: 'target',
  resourceId: 'ttcp_x',
  on: { type: 'target', id: 'ttcp_x', scopeId: 'p_x', parentScopeId: 'o_x', pin: null },
};

/** A database that answers when it is told to. */
function slowDatabase() {
  const statements: { ids: string[]; ages: number[]; answer: (error?: Error) => void }[] = [];
  const query = (_: string, [ids, ages]: readonly unknown[] = []): Promise<never[]> =>
    new Promise((resolve, reject) =>
      statements.push({
        ids: ids as string[],
        ages: ages as number[],
        answer: (error) => (error ? reject(error) : resolve([])),
      }),
    );
  return { statements, reader: { query } as unknown as Reader };
}

describe('the writer of denials', () => {
  const log = new HeardLog();
  let clock: ManualClock;
  let database: ReturnType<typeof slowDatabase>;
  let writer: DenialWriter;
  const keep = (...ids: string[]): void =>
    ids.forEach((id) =>
      writer.keep({ id, requestId: 'req_1', actor: { kind: 'system', name: 'x' }, denial }),
    );
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    clock = new ManualClock();
    database = slowDatabase();
    log.lines.length = 0;
    writer = startDenialWriter({ reader: database.reader, clock, log, flushMs: 200, mostWaiting: 3 });
  });

  test('writes what came within 200 ms in one statement, with how long ago that was', async () => {
    keep('denial_1');
    clock.advance(150);
    keep('denial_2');
    clock.advance(49);
    await turn();
    expect(database.statements).toEqual([]);
    clock.advance(1);
    await turn();
    expect(database.statements).toMatchObject([{ ids: ['denial_1', 'denial_2'], ages: [200, 50] }]);
  });

  test('drops what finds no room while the database is slow, and says so once', async () => {
    keep('denial_1');
    clock.advance(200);
    await turn();
    keep('denial_2', 'denial_3', 'denial_4', 'denial_5', 'denial_6');
    clock.advance(1000);
    await turn();
    expect(database.statements).toHaveLength(1);
    expect(log.lines).toEqual(['denials are lost; they cannot be looked up']);
    database.statements[0]!.answer();
    await turn();
    expect(database.statements.at(-1)).toMatchObject({ ids: ['denial_2', 'denial_3', 'denial_4'] });
  });

  test('goes on after a fault of the database, which it tells once', async () => {
    for (const id of ['denial_1', 'denial_2']) {
      keep(id);
      clock.advance(200);
      await turn();
      database.statements.at(-1)!.answer(new Error('gone'));
      await turn();
    }
    expect(log.lines).toEqual(['denials are lost; they cannot be looked up']);
    keep('denial_3');
    clock.advance(200);
    await turn();
    expect(database.statements.at(-1)).toMatchObject({ ids: ['denial_3'] });
  });

  test('writes what waits when it is closed', async () => {
    keep('denial_1');
    const closed = writer.close();
    await turn();
    expect(database.statements).toMatchObject([{ ids: ['denial_1'], ages: [0] }]);
    database.statements[0]!.answer();
    await closed;
  });
});
