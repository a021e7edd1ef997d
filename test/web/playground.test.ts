import type { Browser, Page } from 'playwright-core';
import { startBrowser, visit, type Visit } from '../support/browser';
import { changesOf } from '../support/changes';
import { codeAt } from '../support/second-factor';
import { authorize, makeTarget, startHost, type TestHost } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let browser: Browser;
let admin: string;
let target: string;
const visits: Visit[] = [];

beforeAll(async () => {
  [server, host, browser] = await Promise.all([startTestServer(), startHost(), startBrowser()]);
  admin = await server.signIn();
  target = await makeTarget(server, host.port);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await host?.close();
});
afterEach(async () => {
  for (const { page, complaints } of visits.splice(0)) {
    await page.context().close();
    expect(complaints).toEqual([]);
  }
});

async function open(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const visited = await visit(context, `${server.url}/playground`);
  visits.push(visited);
  return visited.page;
}

async function signIn(page: Page, password = 'password'): Promise<void> {
  await page.getByLabel('Login name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const said = (page: Page, text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();
const answer = (page: Page): Promise<string> => page.getByLabel('Answer').innerText();

test('signs in, asks with variables, and shows the answer', async () => {
  const page = await open();
  await signIn(page);
  await page.getByText('Signed in as admin').waitFor();
  await page.getByLabel('Example').selectOption('Scopes and targets');
  await page.getByRole('button', { name: 'Run' }).click();
  await said(page, /Done, \d+ ms/);
  const { data } = JSON.parse(await answer(page)) as { data: { scopes: { nodes: { id: string }[] } } };
  expect(data.scopes.nodes.map(({ id }) => id)).toEqual(['o_1234567890', 'p_1234567890']);
});

test('says that a password is wrong, and keeps what was typed of the document', async () => {
  const page = await open();
  await page.getByLabel('Document').fill('{ viewer { id } }');
  await signIn(page, 'guess');
  await said(page, /login name or password is wrong/);
  expect(await page.getByLabel('Document').inputValue()).toBe('{ viewer { id } }');
});

test('asks for the code of a second factor, and begins anew after a wrong one', async () => {
  const { run } = changesOf(
    () => server,
    () => admin,
    { enrollTotp: 'secret', confirmTotp: 'recoveryCodes', removeTotp: 'account { id }' },
  );
  const accountId = 'acctpw_1234567890';
  const { data } = await run('enrollTotp', { accountId, currentPassword: 'password' });
  const { secret } = data!['enrollTotp'];
  await run('confirmTotp', { accountId, code: codeAt(secret) });
  const page = await open();
  const code = page.getByLabel('Code', { exact: true });
  await signIn(page);
  await code.fill('recovery-code-of-nobody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await said(page, /the code is wrong or was used/);
  await code.waitFor({ state: 'hidden' });
  await signIn(page);
  await code.fill(codeAt(secret, 1));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Signed in as admin').waitFor();
  await run('removeTotp', { accountId });
});

test('follows a session live, from its snapshot to its end, and stops when it is told to', async () => {
  const page = await open();
  await signIn(page);
  await page.getByText('Signed in as admin').waitFor();
  await page.getByLabel('Example').selectOption('Live sessions (subscription)');
  await page.getByLabel('Document').press('Control+Enter');
  await page.getByLabel('Answer').getByText('StreamCheckpoint').waitFor();

  const session = await authorize(server, admin, target);
  await page.getByLabel('Answer').getByText(session.id).first().waitFor();
  expect(await answer(page)).toContain('"PENDING"');
  await server.ask(
    'mutation ($input: CancelSessionInput!) { cancelSession(input: $input) { session { id } } }',
    { input: { id: session.id } },
    admin,
  );
  await page.getByLabel('Answer').getByText('"TERMINATED"').first().waitFor();

  await page.keyboard.press('Escape');
  await said(page, /Stopped/);
  expect(await page.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);
});

test('shows why a subscription without a token is refused', async () => {
  const page = await open();
  await page.getByLabel('Example').selectOption('Live sessions (subscription)');
  await page.getByRole('button', { name: 'Run' }).click();
  await said(page, /refused|Complete/);
  expect(await answer(page)).toMatch(/UNAUTHENTICATED|FORBIDDEN|NOT_FOUND/);
});

test('says what is wrong with variables and documents, without asking for nothing', async () => {
  const page = await open();
  await page.getByLabel('Variables (JSON)').fill('{ broken');
  await page.getByRole('button', { name: 'Run' }).click();
  await said(page, /The variables are not JSON/);
  await page.getByLabel('Variables (JSON)').fill('');
  await page.getByLabel('Document').fill('{ nonsense }');
  await page.getByRole('button', { name: 'Run' }).click();
  await said(page, /1 error,/);
  expect(await answer(page)).toContain('nonsense');
  // A refused document is an HTTP 400, which browsers write to the console themselves.
  const { complaints } = visits[0]!;
  expect(complaints.splice(0).join(' ')).toMatch(/^(Failed to load resource.*400.*)?$/);
});

test('can read the schema on the page once signed in, and forgets the token when asked', async () => {
  const page = await open();
  await signIn(page);
  await page.getByText('Schema', { exact: true }).click();
  await page.getByText(/^authorizeSession\(/).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Login name').waitFor();
  expect(
    await page.evaluate('JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])'),
  ).toBe('[0,0,""]');
});

test('fits a telephone: nothing is wider than the screen', async () => {
  const page = await open();
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
});
