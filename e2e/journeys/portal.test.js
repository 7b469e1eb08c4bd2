// What members come to do, each to its end, in a real browser against the real server, with letters that
// go through a real mail server. On a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';
import { startMail } from '../smtp.js';

let mail;
let shop;
let page;
let site;
const ana = 'ana.new@example.com';

/** A page of the shop with styles that would spoil everything they reach, and the widget on it. */
function startSite() {
  const site = { token: '', server: '' };
  const hostile = `* { color: lime !important; background: lime !important; font-size: 3px !important; display: inline !important; transform: rotate(9deg) }
    regulars-widget { display: block !important } section, strong, a { visibility: hidden !important }`;
  const http = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.setHeader('Content-Security-Policy', `default-src 'none'; script-src ${site.server}; connect-src ${site.server}; style-src 'self'`);
    answer.end(`<!doctype html><html lang="de"><head><title>Laden</title><link rel="stylesheet" href="/bad.css"></head><body><main><h1>Laden</h1>
      <regulars-widget token="${site.token}"></regulars-widget></main><script src="${site.server}/portal/widget.js"></script></body></html>`);
  });
  http.on('request', () => undefined);
  const pages = createServer((request, answer) => {
    if (request.url !== '/bad.css') return http.emit('request', request, answer);
    answer.setHeader('Content-Type', 'text/css');
    answer.end(hostile);
  });
  return new Promise((resolve) =>
    pages.listen(0, '127.0.0.1', () => {
      site.origin = `http://127.0.0.1:${pages.address().port}`;
      site.end = () => new Promise((done) => pages.close(done));
      resolve(site);
    }),
  );
}

const MORE = `
[activity.newsletter]
consent = "keep"

[[leaderboard]]
id     = "buyers"
title  = "Buyers of the month"
counts = "orders"
every  = "month"

[[challenge]]
id     = "three"
title  = "Three visits"
opt_in = true
step   = [{ on = "purchase", count = 3, title = "Visits" }]
gives  = { beans = 10 }
`;

before(async () => {
  mail = await startMail();
  site = await startSite();
  shop = await start({ mail, width: 390, height: 800 });
  page = shop.page;
  site.server = shop.listening;
  const answer = await fetch(`${shop.listening}/v1/programs/1/text`, { headers: { Authorization: `Bearer ${shop.key}` } });
  const text = await answer.text();
  const program = text.replace('[portal]\n', `[portal]\norigins = ["${site.origin}"]\n`) + MORE;
  const applied = await fetch(`${shop.listening}/v1/programs`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${shop.key}`, 'Content-Type': 'application/toml' },
    body: program,
  });
  if (!applied.ok) throw new Error(await applied.text());
});
after(async () => {
  await shop?.end();
  await mail?.end();
  await site?.end();
});

const open = (path) => page.goto(`${shop.listening}/portal/demo/#/${path}`);
const heading = (name) => page.getByRole('heading', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const go = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${where} is wider than the phone by ${wide}`);
}

const codeIn = (letter) => /\b(\d{6})\b/.exec(letter.text)[1];

test('somebody joins with a code from their mail, and accepts the terms', async () => {
  await open('');
  await heading('Welcome to Bean Club').waitFor();
  await isSound('sign in');
  // By the keyboard alone.
  await page.getByLabel('E-mail address').focus();
  await page.keyboard.type(ana);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await button('Sign in').click();
  await page.getByText('That is not the code').waitFor();
  await isSound('a wrong code');
  const letter = await mail.letter(ana);
  assert.match(letter.head, /From: .*club@beans\.example/);
  await page.getByLabel('Code', { exact: true }).fill(codeIn(letter));
  await button('Sign in').click();
  await heading('You are new here').waitFor();
  await isSound('terms');
  await page.getByLabel('Name (if you like)').fill('Ana Neu');
  await page.getByLabel('I accept the terms (version 2025-01)').check();
  await button('Join').click();
  await heading('Hello, Ana Neu').waitFor();
  await isSound('an empty account');
  const [cookie] = await shop.context.cookies(`${shop.listening}/v1/me`);
  assert.ok(cookie.name === 'regulars_member' && cookie.httpOnly && cookie.sameSite === 'Strict' && cookie.path === '/v1/me');
  const seen = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!seen.includes(cookie.value), 'no script sees the secret');
});

test('they earn, and see why', async () => {
  const customer = { kind: 'email', value: ana };
  await ask(shop, 'POST', '/v1/events', { type: 'purchase', source: 'till', id: 'p-1', order: 'P-1001', customer, currency: 'EUR', total: '48.00', lines: [{ category: 'coffee', quantity: '4', amount: '48.00' }] });
  // What is earned comes in two weeks; a gift is there at once.
  await ask(shop, 'POST', `/v1/members/email:${ana}/adjustments`, { points: 'beans', amount: '460', reason: 'a welcome gift' });
  await page.reload();
  await page.getByText(/stamps/).first().waitFor();
  await isSound('home');
  await go('History');
  await page.getByRole('heading', { name: 'Purchase P-1001' }).waitFor();
  await page.getByRole('listitem').filter({ hasText: 'P-1001' }).getByText('Why', { exact: true }).click();
  await page.getByText(/spend: 48\.00 EUR gives/).first().waitFor();
  await isSound('history');
  await page.getByRole('link', { name: 'Statement' }).click();
  await page.getByRole('cell', { name: /P-1001/ }).waitFor();
  await isSound('statement');
});

test('they read in their own language why', async () => {
  await go('History');
  const bought = page.getByRole('listitem').filter({ hasText: 'P-1001' });
  for (const [tag, why, reason] of [
    ['de', 'Warum', /spend: 48,00 EUR ergeben/],
    ['zh-Hant', '原因', /spend：48\.00 EUR 得/],
    ['en', 'Why', /spend: 48\.00 EUR gives/],
  ]) {
    await page.locator('header select').selectOption(tag);
    await page.locator(`html[lang="${tag}"]`).waitFor({ state: 'attached' });
    const line = bought.getByText(reason).first();
    await line.waitFor({ state: 'attached' });
    if (!(await line.isVisible())) await bought.getByText(why, { exact: true }).click();
    await line.waitFor();
    await isSound(`reasons in ${tag}`);
  }
});

test('they redeem, show the code as QR, and the till uses it', async () => {
  await go('Rewards');
  await button('Redeem: A coffee on the house').click();
  await button('Yes').click();
  await page.getByText('Show this at the till.').waitFor();
  const code = (await page.locator('.code').textContent()).replace(/\s/g, '');
  const picture = page.getByRole('img', { name: `QR code ${code}` });
  await picture.waitFor();
  await isSound('code');
  assert.equal(await readQr(picture), code, 'the picture says what the text says');
  await ask(shop, 'POST', `/v1/members/email:${ana}/redemptions/${code}/commit`, {});
  await page.reload();
  await page.getByText(/^Used on/).waitFor();
});

/** The modules of a QR code of this version are read back, and compared with what encodes the text. */
async function readQr(picture) {
  const label = await picture.getAttribute('aria-label');
  const path = await picture.locator('path').getAttribute('d');
  const { encode } = await import('../../portal/node_modules/uqr/dist/index.mjs');
  const text = label.replace('QR code ', '');
  const { data } = encode(text, { border: 0 });
  const drawn = new Set([...path.matchAll(/M(\d+) (\d+)h1/g)].map(([, x, y]) => `${x} ${y}`));
  const same = data.every((row, y) => row.every((dark, x) => dark === drawn.has(`${x} ${y}`)));
  return same ? text : 'another code';
}

test('they claim missing points', async () => {
  await go('History');
  await page.getByRole('link', { name: 'Missing points' }).click();
  await page.getByLabel('Number of the order').fill('LOST-7');
  // The day of the shop's calendar: by another it can be one before they joined.
  await page.getByLabel('Day').fill(new Date().toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }));
  await page.getByLabel('Total in EUR').fill('12,40');
  await button('Send').click();
  await page.getByText('The shop looks at it.').first().waitFor();
  await isSound('missing points');
  const open = await ask(shop, 'GET', '/v1/claims?state=open&limit=1000');
  assert.ok(open.items.some((own) => own.order === 'LOST-7' && own.total === '12.40'));
});

test('they take part, choose a nickname, and find their code for friends', async () => {
  await go('Play');
  await button('Take part: Three visits').click();
  await page.getByText(/0 of 3/).waitFor();
  await page.getByRole('textbox', { name: 'Nickname' }).fill('Bean Queen');
  await button('Save').click();
  await button('Appear no longer').waitFor();
  await isSound('play');
  await page.getByRole('link', { name: 'Invite friends' }).click();
  await page.locator('.code').waitFor();
  await isSound('friends');
});

test('they find answers, and ask what happened', async () => {
  await go('Help');
  await page.getByLabel('Search').fill('lapse');
  await page.getByText('1 answer').waitFor();
  await page.getByText('When do my beans lapse?').click();
  await page.getByLabel('Your question').fill('What about my order P-1001?');
  await button('Ask').click();
  await page.getByText(/Purchase P-1001 on/).waitFor();
  await page.getByLabel('Your question').fill('qwertz asdfg');
  await button('Ask').click();
  await page.getByRole('link', { name: 'Write to the shop' }).first().waitFor();
  await isSound('help');
  await page.getByRole('link', { name: 'How the program works' }).first().click();
  await heading('How to earn').waitFor();
  await page.getByText('takes 450 beans').waitFor();
  await isSound('program');
  for (const [tag, title, says] of [['de', 'So sammeln Sie', 'nötig: 450 beans'], ['zh-Hans', '如何赚取', '需要：450 beans'], ['en', 'How to earn', 'takes 450 beans']]) {
    await page.locator('header select').selectOption(tag);
    await heading(title).waitFor();
    await page.getByText(says).waitFor();
    await isSound(`program in ${tag}`);
  }
});

test('every language, dark, turned round for a language from the right, and without a network', async () => {
  await open('');
  for (const [tag, hello] of [['de', 'Hallo, Ana Neu'], ['ru', 'Здравствуйте, Ana Neu'], ['zh-Hans', '您好，Ana Neu'], ['zh-Hant', '您好，Ana Neu'], ['en', 'Hello, Ana Neu']]) {
    await page.locator('header select').selectOption(tag);
    await page.locator(`html[lang="${tag}"]`).waitFor({ state: 'attached' });
    await heading(hello).waitFor();
    await isSound(tag);
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  await isSound('dark');
  await page.emulateMedia({ colorScheme: 'light' });
  const before = await page.locator('.brand').boundingBox();
  await page.evaluate(() => Object.assign(document.documentElement, { dir: 'rtl', lang: 'ar' }));
  const turned = await page.locator('.brand').boundingBox();
  assert.ok(turned.x > before.x + 50, 'the page turned round');
  await isSound('from the right');
  for (const to of ['rewards', 'history', 'me']) {
    await page.evaluate((to) => (location.hash = `#/${to}`), to);
    await page.locator('h1').waitFor();
    await isSound(`${to} from the right`);
  }
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await open('');
  await page.reload();
  await heading('Hello, Ana Neu').waitFor();
  await shop.context.setOffline(true);
  try {
    await page.reload();
    await page.getByText(/You are offline/).waitFor();
    await heading('What you have').waitFor();
  } finally {
    await shop.context.setOffline(false);
  }
  shop.complaints.length = 0;
  await page.reload();
});

test('the widget shows on a page of the shop, whatever its styles', async () => {
  const made = await ask(shop, 'POST', `/v1/members/email:${ana}/widget-token`);
  site.token = made.token;
  const visit = await shop.context.newPage();
  const complaints = [];
  visit.on('pageerror', (error) => complaints.push(String(error)));
  await visit.goto(site.origin);
  await visit.waitForFunction(() => document.querySelector('regulars-widget').getBoundingClientRect().height > 60);
  // The tree is closed to scripts of the page, as it is to its styles; the browser itself tells what is in it.
  assert.equal(await visit.evaluate(() => document.querySelector('regulars-widget').shadowRoot), null);
  const told = await shown(visit);
  assert.match(told.text, /Bean Club.*beans.*Stufe/s, told.text);
  assert.equal(told.strong['font-size'], '28px');
  assert.notEqual(told.strong.color, 'rgb(0, 255, 0)');
  assert.equal(told.strong.visibility, 'visible');
  assert.equal(await visit.evaluate(() => getComputedStyle(document.querySelector('regulars-widget')).transform), 'none');
  assert.deepEqual(complaints, []);
  // The same page under an origin that the program does not name shows nothing of the member.
  await visit.goto(site.origin.replace('127.0.0.1', 'localhost'));
  await visit.waitForFunction(() => document.querySelector('regulars-widget').getBoundingClientRect().height > 10);
  const elsewhere = await shown(visit);
  assert.match(elsewhere.text, /Gerade nicht verfügbar/);
  assert.doesNotMatch(elsewhere.text, /beans/);
  await visit.close();
});

/** What stands in the closed tree of the widget, and how its largest figure is drawn. */
async function shown(visit) {
  const browser = await shop.context.newCDPSession(visit);
  await browser.send('DOM.enable');
  await browser.send('CSS.enable');
  const { root } = await browser.send('DOM.getDocument', { depth: -1, pierce: true });
  const all = [];
  const walk = (node, inside) => {
    const within = inside || node.nodeName === 'REGULARS-WIDGET';
    if (within) all.push(node);
    [...(node.children ?? []), ...(node.shadowRoots ?? [])].forEach((child) => walk(child, within));
  };
  walk(root, false);
  const text = all.map((node) => node.nodeValue ?? '').join(' ');
  const figure = all.find((node) => node.nodeName === 'STRONG');
  const style = figure ? (await browser.send('CSS.getComputedStyleForNode', { nodeId: figure.nodeId })).computedStyle : [];
  await browser.detach();
  return { text, strong: Object.fromEntries(style.map(({ name, value }) => [name, value])) };
}

test('they change what they allow, take their data along, and leave', async () => {
  await open('me');
  await button('Allow: newsletter').click();
  await button('Take back: newsletter').waitFor();
  await isSound('settings');
  await button('Take back: newsletter').click();
  await button('Allow: newsletter').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), button('Take my data along').click()]);
  const data = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.ok(data.me.member.identities.some((own) => own.value === ana));
  assert.ok(data.ledger.some((own) => own.order === 'P-1001'));
  await button('Leave the program').click();
  await isSound('leave?');
  await button('Yes').click();
  await heading('Welcome to Bean Club').waitFor();
  await assert.rejects(ask(shop, 'GET', `/v1/members/email:${ana}`), /unknown_member/);
  assert.deepEqual(await shop.context.cookies(`${shop.listening}/v1/me`).then((all) => all.filter((own) => own.name === 'regulars_member')), []);
});
