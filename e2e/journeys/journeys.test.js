// What people come to do, each to its end, in a real browser against the real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';

let shop;
let page;

before(async () => {
  shop = await start();
  page = shop.page;
});
after(async () => {
  await shop?.end();
});

const open = (path) => page.goto(`${shop.listening}/console${path}`);
const heading = (name) => page.getByRole('heading', { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();

/** Nothing that axe finds, and nothing that the browser complains of. */
async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

test('an operator signs in by the link of the start, which works once, out, and in again with a key', async () => {
  await open('/');
  await heading('Sign in').waitFor();
  await isSound('sign in');
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
  assert.ok(!page.url().includes('once_'), 'the token is taken out of the address');
  const cookies = await shop.context.cookies(`${shop.listening}/v1/`);
  assert.equal(cookies.length, 1);
  assert.ok(cookies[0].httpOnly && cookies[0].sameSite === 'Strict');
  const seen = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!seen.includes(cookies[0].value), 'no script sees the secret');

  await page.getByRole('button', { name: /Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await heading('Sign in').waitFor();
  await page.goto(shop.sign_in);
  await said('A link signs in once only');
  await page.getByRole('button', { name: 'With an API key' }).click();
  await page.getByLabel('API key').fill(shop.key);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await heading('Today at a glance').waitFor();
});

test('a manager sees how the shop does and what needs somebody', async () => {
  await open('/');
  await page.getByRole('region', { name: 'Members' }).getByText(/^\d{3}$/).waitFor();
  await page.getByRole('img', { name: 'What moved: beans' }).locator('svg').waitFor();
  await isSound('home with a chart');
  await page.getByRole('button', { name: 'As a table' }).click();
  await page.getByRole('columnheader', { name: 'Redeemed' }).waitFor();
  assert.ok((await page.getByRole('row').count()) >= 13);
  await isSound('home with a table');
  await page.getByRole('link', { name: '3 claims of missing points' }).click();
  await heading('Reviews').waitFor();
});

test('a service agent finds a member and explains where the points come from', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Members', exact: true }).click();
  await heading('Members').waitFor();
  await page.getByLabel('Find').fill('nobody at all');
  await said('Nobody is found for');
  await page.getByLabel('Find').fill('web ann');
  const found = page.getByRole('link', { name: 'Anna Weber' }).first();
  await found.waitFor();
  await isSound('members');
  assert.match(page.url(), /find=web(\+|%20)ann/, 'the search is kept in the address');
  await found.click();
  await heading('Anna Weber').waitFor();

  // Somebody buys for 120 EUR, and asks why they have 120 points more.
  const id = page.url().split('/').at(-1);
  await ask(shop, 'POST', '/v1/events', { type: 'purchase', source: 'till', id: 'e2e-1', member: id, order: 'E2E-1', currency: 'EUR', total: '120.00' });
  await page.reload();
  const bought = page.getByRole('listitem').filter({ hasText: 'E2E-1' }).first();
  await bought.getByText(/^spend: 120\.00 EUR gives 120 beans$/).waitFor();
  const more = bought.getByRole('button', { name: /rules? did not count/ });
  await more.click();
  await bought.getByText(/its condition .* does not hold/).first().waitFor();
  await isSound('member');
});

test('of a friend who was referred a member is told by name, with the way to their page', async () => {
  await open('/members/customer:C-000001');
  await heading('What happened, and why').waitFor();
  const told = page.getByRole('listitem').getByText("joined by the member's link").first();
  await told.getByRole('link', { name: /^(?!mem_)/ }).click();
  await page.waitForURL(/\/members\/mem_/);
  await heading('What happened, and why').waitFor();
  await isSound('the friend');
});

test('points are adjusted with a reason, and the ledger says so', async () => {
  await page.getByRole('button', { name: 'Adjust points' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('How many').fill('15');
  const confirm = dialogue.getByRole('button', { name: 'Adjust', exact: true });
  assert.ok(await confirm.isDisabled(), 'without a reason nothing is done');
  await dialogue.getByLabel('Reason').fill('the machine was broken');
  await isSound('adjusting');
  await confirm.click();
  await said('The points are adjusted.');
  const entry = page.getByRole('listitem').filter({ hasText: 'the machine was broken' }).first();
  await entry.getByText('+15 beans').waitFor();
});

test('a claim is approved with the keyboard alone, and the queue is shorter', async () => {
  await open('/reviews?of=claims');
  const claims = page.getByRole('article');
  await claims.first().waitFor();
  await isSound('reviews');
  const before = await claims.count();
  const yes = claims.first().getByRole('button', { name: 'Approve' });
  await yes.focus();
  await page.keyboard.press('Enter');
  const reason = page.getByRole('dialog').getByLabel('Reason');
  await reason.waitFor();
  // The dialogue takes the focus and keeps it.
  for (let times = 0; times < 8 && !(await reason.evaluate((field) => field === document.activeElement)); times += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.type('the receipt is in order');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await said('Approved.');
  await claims.nth(before - 1).waitFor({ state: 'detached' });
});

test('who proposed an award, or anybody else, says yes to it once', async () => {
  await open('/reviews?of=awards');
  await page.getByRole('article').getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await said('Approved.');
  await said('No award waits');
  await isSound('an empty queue');
});

test('a fault in the program is shown at its line, mended, planned, applied, and rolled back', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Program' }).click();
  await said('Nothing is wrong');
  await isSound('program');
  const file = page.getByLabel('Program file');
  const text = await file.inputValue();
  await file.fill(text.replace('limit = [{ times = 1, per = "member", every = "day" }]', 'limt = [{ times = 1, per = "member", every = "day" }]'));
  const line = text.split('\n').findIndex((row) => row.startsWith('limit = [{ times = 1, per = "member"')) + 1;
  const fault = page.getByRole('button', { name: new RegExp(`^Line ${line}, `) });
  await fault.waitFor();
  await page.locator('.gutter .wrong', { hasText: String(line) }).waitFor();
  await isSound('program with a fault');
  assert.ok(await page.getByRole('button', { name: 'Plan the change' }).isDisabled());
  await fault.click();
  assert.ok(await file.evaluate((field) => field === document.activeElement), 'a click goes to the line');

  await file.fill(text.replace('give  = { beans = 20 }', 'give  = { beans = 30 }'));
  await said('Nothing is wrong');
  await page.getByRole('button', { name: 'Plan the change' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByRole('listitem').filter({ hasText: '30 beans' }).waitFor();
  await isSound('plan');
  await dialogue.getByLabel('Note').fill('more for breakfast');
  await dialogue.getByRole('button', { name: 'Apply now' }).click();
  await said('Version 2 is in force.');

  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Difference of version 2' }).click();
  await page.locator('.diff ins', { hasText: 'beans = 30' }).waitFor();
  await page.locator('.diff del', { hasText: 'beans = 20' }).waitFor();
  await isSound('a difference');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Roll back to version 1' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('too dear');
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await said('Rolled back.');
  await page.getByRole('row').filter({ hasText: 'too dear' }).getByText('in force').waitFor();
  await isSound('versions');
});

test('in the dark and on a telephone every page is sound, and nothing is cut off', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const [path, name] of [
    ['/', 'Today at a glance'],
    ['/members', 'Members'],
    ['/members/customer:C-000001', 'What happened, and why'],
    ['/members/customer:C-000006', 'What happened, and why'],
    ['/program', 'Program'],
    ['/reviews', 'Reviews'],
  ]) {
    await page.setViewportSize({ width: 390, height: 800 });
    await open(path);
    await heading(name).waitFor();
    // The story comes after its heading, with the longest words of all.
    if (path.startsWith('/members/')) await page.getByRole('listitem').filter({ hasText: 'spend: ' }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await isSound(`${path} in the dark`);
    // The narrower is what a screen of 1280 has at 400 % (WCAG 1.4.10).
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      // Charts are drawn anew once the screen is another.
      for (const end = Date.now() + 5000; (await wider()) > 0 && Date.now() < end; ) await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.ok((await wider()) <= 0, `${path} is ${await wider()} px wider than the screen of ${width}`);
    }
  }
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('link', { name: 'Home' }).click();
  await heading('Today at a glance').waitFor();
});

test('each language has every text, and formats as its people do', async () => {
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light' });
  const wanted = {
    Deutsch: ['de', 'Heute auf einen Blick'],
    Русский: ['ru', 'Сегодня одним взглядом'],
    简体中文: ['zh-Hans', '今日概览'],
    繁體中文: ['zh-Hant', '今日概覽'],
    English: ['en', 'Today at a glance'],
  };
  await open('/');
  for (const [name, [tag, title]] of Object.entries(wanted)) {
    await page.locator('header').getByRole('button').nth(-3).click();
    await isSound(`the menu before ${name}`);
    await page.getByRole('menuitem', { name }).click();
    await heading(title).waitFor();
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    assert.equal(await page.getAttribute('html', 'lang'), tag);
    await isSound(`home in ${name}`);
  }
});
