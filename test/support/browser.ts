import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export interface Visit {
  readonly page: Page;
  /** Errors the page wrote to its console or threw, and hosts it asked that are not the server. */
  readonly complaints: string[];
}

interface Found {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

const howToGetOne =
  'no browser could be started; install chromium (Debian: apt-get install chromium), or name one in POSTERN_TEST_BROWSER';

/** Starts a browser: the one named in POSTERN_TEST_BROWSER, one of this machine, or the one that npm brought. */
export async function startBrowser(): Promise<Browser> {
  const tried: string[] = [];
  for (const find of [ofThisMachine, ofThePackage]) {
    try {
      const found = find();
      if (!found) continue;
      return await chromium.launch({
        executablePath: found.path,
        args: ['--no-sandbox', ...found.args],
        env: { ...(process.env as Record<string, string>), ...found.env },
      });
    } catch (error) {
      tried.push(String(error).split('\n').slice(0, 5).join('\n'));
    }
  }
  throw new Error([howToGetOne, ...tried].join('\n'));
}

function ofThisMachine(): Found | null {
  const named = process.env['POSTERN_TEST_BROWSER'];
  if (named === 'bundled') return null;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = named ? [named] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const path = candidates.find((one) => existsSync(one));
  return path === undefined ? null : { path, args: [], env: {} };
}

// The package is made for functions in the cloud: told that it is in one, it unpacks the libraries that a
// bare machine lacks, and says where.
function ofThePackage(): Found {
  const script = `import('@sparticuz/chromium').then(async ({ default: chromium }) => {
    const path = await chromium.executablePath();
    console.log(JSON.stringify({ path, libraries: process.env.LD_LIBRARY_PATH }));
  })`;
  const said = execFileSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    cwd: join(__dirname, '..', '..'),
    env: { ...process.env, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
  });
  const { path, libraries } = JSON.parse(said) as { path: string; libraries: string };
  const args = ['--headless=shell', '--disable-gpu'];
  return { path, args, env: { LD_LIBRARY_PATH: libraries } };
}

/** Opens a page of the server; every other host is out of reach. */
export async function visit(context: BrowserContext, url: string): Promise<Visit> {
  const complaints: string[] = [];
  const { host } = new URL(url);
  await context.route(
    (asked) => asked.host !== host,
    (route) => {
      complaints.push(`asked ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}
