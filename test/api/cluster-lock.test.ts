import { Pool } from 'pg';
import { systemClock } from '../../src/core/clock';
import { holdLock, type LockOwner } from '../../src/db/cluster-lock';
import { startDatabaseRelay } from '../support/database-relay';
import { HeardLog } from '../support/heard-log';
import { cutHolder, holderOf, standInLine } from '../support/lock-holder';
import { eventually } from '../support/session-client';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const lost = 'the connection that holds a lock was lost; taking it again';
const held = 'the lock is held again';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool(database.place);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Owner extends LockOwner {
  readonly log: HeardLog;
  /** Resolves when the owner is told that the lock is another's. */
  readonly told: Promise<void>;
}

function newOwner(given: Partial<LockOwner> = {}): Owner {
  let tell: () => void = () => {};
  const told = new Promise<void>((resolve) => (tell = resolve));
  return { clock: systemClock, checkMs: 60_000, ...given, log: new HeardLog(), told, onLost: () => tell() };
}

const isFree = async (lock: string): Promise<boolean> => (await holderOf(database, lock)) === undefined;

describe('a lock of the cluster', () => {
  test('is had by one at a time, and by the next when it is released', async () => {
    const first = await holdLock(pool, 'one', newOwner());
    expect(await holdLock(pool, 'one', newOwner())).toBeNull();
    await first!.release();
    await eventually('the lock to be free', () => isFree('one'));
    const second = await holdLock(pool, 'one', newOwner());
    await second!.release();
  });

  test('whose connection is cut is taken again', async () => {
    const owner = newOwner();
    const lock = await holdLock(pool, 'cut', owner);
    for (const times of [1, 2]) {
      const before = await holderOf(database, 'cut');
      await cutHolder(database, 'cut');
      await owner.log.until(held, times);
      expect(await holderOf(database, 'cut')).not.toBe(before);
      expect(await holdLock(pool, 'cut', newOwner())).toBeNull();
    }
    await lock!.release();
    await eventually('the lock to be free', () => isFree('cut'));
  });

  test('that another process has taken meanwhile is told to be lost', async () => {
    const owner = newOwner();
    const lock = await holdLock(pool, 'taken', owner);
    const other = await standInLine(database, 'taken');
    await cutHolder(database, 'taken');
    await owner.told;
    await other.hasIt;
    expect(owner.log.lines).toEqual([lost]);
    await lock!.release();
    expect(await isFree('taken')).toBe(false);
    await other.leave();
  });

  test('that another had its turn with meanwhile is told to be lost, and is not kept', async () => {
    const owner = newOwner({ isStillMine: () => Promise.resolve(false) });
    await holdLock(pool, 'turn', owner);
    await cutHolder(database, 'turn');
    await owner.told;
    await eventually('the lock to be free', () => isFree('turn'));
  });

  test('is taken again when the database comes back, however long it was away', async () => {
    const relay = await startDatabaseRelay();
    const away = new Pool({ connectionString: relay.urlOf(database) });
    const owner = newOwner();
    const lock = await holdLock(away, 'away', owner);
    await relay.close();
    await owner.log.until(lost);
    await eventually('the lock to be free', () => isFree('away'));
    await relay.reopen();
    await owner.log.until(held);
    expect(await isFree('away')).toBe(false);
    expect(owner.log.count(lost)).toBe(1);
    await lock!.release();
    await Promise.all([relay.close(), away.end()]);
  });

  test('is not lost to the remains of its own connection when the network falls silent', async () => {
    const relay = await startDatabaseRelay();
    const silent = new Pool({ connectionString: relay.urlOf(database) });
    const owner = newOwner({ checkMs: 50 });
    const lock = await holdLock(silent, 'silent', owner);
    const before = await holderOf(database, 'silent');
    relay.mute();
    await owner.log.until(held);
    expect(await holderOf(database, 'silent')).not.toBe(before);
    await lock!.release();
    await Promise.all([relay.close(), silent.end()]);
  });

  test('that could not be asked for leaves no connection behind', async () => {
    await database.sql('create schema trap');
    await database.sql('create view trap.pg_stat_activity as select 1 as pid');
    const options = '-c search_path=trap,pg_catalog';
    const trapped = new Pool({ ...database.place, options, application_name: 'trapped' });
    await expect(holdLock(trapped, 'trapped', newOwner())).rejects.toThrow(/backend_start/);
    await eventually('the connection to be gone', async () => {
      const rows = await database.sql(
        `select from pg_catalog.pg_stat_activity where application_name = 'trapped'`,
      );
      return rows.length === 0;
    });
  });

  test('that is released while it is being taken again stays released', async () => {
    const relay = await startDatabaseRelay();
    const away = new Pool({ connectionString: relay.urlOf(database) });
    const owner = newOwner();
    const lock = await holdLock(away, 'leaving', owner);
    await relay.close();
    await owner.log.until(lost);
    await lock!.release();
    await relay.reopen();
    expect(await isFree('leaving')).toBe(true);
    expect(owner.log.count(held)).toBe(0);
    await Promise.all([relay.close(), away.end()]);
  });
});
