// The real server with the demo shop, on a free port and in a folder of its own, and a real browser.
// Both are ended with the test that started them, whatever became of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const root = new URL('..', import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where the executable is. */
export function serverPath() {
  const named = process.env.REGULARS_BIN;
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const found = named ?? ['debug', 'release'].map((kind) => join(target, kind, 'regulars')).find(existsSync);
  if (!found) throw new Error('no server is built: run cargo build -p regulars-cli, or set REGULARS_BIN');
  return found;
}

function browserPath() {
  const named = process.env.REGULARS_CHROMIUM;
  const found = named ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!found) throw new Error('chromium is missing: run scripts/install-tools, or set REGULARS_CHROMIUM');
  return found;
}

/** Starts a server, with so much of the demo shop or empty; answers its address, the link that signs in, and a key. */
async function startServer(folder, mail, demo, pages = true) {
  const console_ = join(root, 'crates/server/console');
  if (pages && !mail && !existsSync(join(console_, 'index.html'))) throw new Error('the console is not built: run make console');
  const args = ['--json', 'serve', ...(demo ? [`--demo=${demo}`] : []), '--listen', '127.0.0.1:0', '--database', join(folder, 'demo.db'), '--console', console_];
  if (mail) {
    const portal = join(root, 'crates/server/portal');
    if (!existsSync(join(portal, 'index.html'))) throw new Error('the pages for members are not built: run make portal');
    args.push('--portal', portal, '--smtp', mail.url, '--mail-from', 'Bean Club <club@beans.example>');
  }
  // What is tested receives webhooks on this machine.
  const env = { ...process.env, REGULARS_WEBHOOKS_PRIVATE: 'true' };
  const child = spawn(serverPath(), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const hello = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{') && line.includes('"listening"')) resolve(JSON.parse(line));
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { child, hello };
}

/** A server without a program and without a browser: for what speaks to the API alone. `end` must be called. */
export async function startServerAlone() {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-e2e-'));
  let child;
  const end = async () => {
    await stopped(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const started = await startServer(folder, undefined, false, false);
    child = started.child;
    return { ...started.hello, end, folder };
  } catch (error) {
    await end();
    throw error;
  }
}

async function stopped(child) {
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** Everything that a journey needs. `end` must be called. */
export async function start({ scheme = 'light', width = 1280, height = 860, demo = 'orders', mail } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-e2e-'));
  let child;
  let browser;
  const end = async () => {
    await browser?.close();
    await stopped(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const started = await startServer(folder, mail, demo);
    child = started.child;
    const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
    browser = await chromium.launch({ executablePath: browserPath(), args });
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
    });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    // Whatever the browser refuses or a script throws is a fault of ours.
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (line) => {
      const text = line.text();
      if (line.type() === 'error' && !/status of 4\d\d/.test(text)) complaints.push(text);
    });
    return { ...started.hello, page, context, browser, complaints, end, folder };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What axe finds wrong with the page as it stands, one line each. A page stands once it has its heading. */
export async function violations(page) {
  await page.locator('main').first().waitFor({ state: 'attached' });
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split('\n')[1]?.trim()})`));
}

/** Nothing is wrong with the page as it stands: light and wide; then dark and on a phone, where nothing may be too wide. */
export async function isSoundEverywhere(shop, where, page = shop.page) {
  const size = page.viewportSize();
  for (const [scheme, width] of [['light', 1280], ['dark', 390]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 844 });
    await page
      .waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, undefined, { timeout: 5000 })
      .catch(() => assert.fail(`${where} is too wide at ${width}`));
    assert.deepEqual(await violations(page), [], `${where}, ${scheme} at ${width}`);
    if (process.env.REGULARS_SHOTS) await page.screenshot({ path: `${process.env.REGULARS_SHOTS}/${where.replaceAll(' ', '-')}-${width}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(size);
  assert.deepEqual(shop.complaints, [], where);
}

/** Asks the API as a till would: with a key, beside the browser. */
export async function ask(hello, method, path, body) {
  const plain = typeof body === 'string';
  const type = plain ? 'application/toml' : 'application/json';
  const answer = await fetch(hello.listening + path, {
    method,
    headers: { Authorization: `Bearer ${hello.key}`, ...(body ? { 'Content-Type': type } : {}) },
    body: plain ? body : body ? JSON.stringify(body) : undefined,
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
