import { Pool, type PoolConfig } from 'pg';
import { StartFailure } from '../../src/core/start-failure';
import { dialledAddresses } from '../../src/db/own-listener';

const asked: string[] = [];
const find = (host: string): Promise<{ address: string }[]> => {
  asked.push(host);
  if (host === 'nowhere.example') return Promise.reject(new Error('getaddrinfo ENOTFOUND nowhere.example'));
  return Promise.resolve([{ address: '198.51.100.7' }, { address: '2001:db8::7' }]);
};
const of = (config: PoolConfig) => dialledAddresses(new Pool(config), find);
beforeEach(() => asked.splice(0));

test('the database is where its host’s name leads, each of the addresses, whatever it calls itself', async () => {
  expect(await of({ connectionString: 'postgres://postern:x@db.example:6432/postern' })).toEqual([
    { address: '198.51.100.7', port: 6432 },
    { address: '2001:db8::7', port: 6432 },
  ]);
  expect(asked).toEqual(['db.example']);
});

test('a URL without a port means the standard one', async () => {
  const found = await of({ connectionString: 'postgres://db.example/postern' });
  expect(found.map(({ port }) => port)).toEqual([5432, 5432]);
});

test('a socket has no address', async () => {
  expect(await of({ host: '/run/postgresql' })).toEqual([]);
  expect(await of({ connectionString: 'postgres:///postern?host=/run/postgresql' })).toEqual([]);
  expect(asked).toEqual([]);
});

test('a worker that cannot tell what it must not dial does not start', async () => {
  const found = of({ host: 'nowhere.example' });
  await expect(found).rejects.toThrow(StartFailure);
  await expect(found).rejects.toThrow(/the database's host nowhere\.example cannot be looked up/);
});
