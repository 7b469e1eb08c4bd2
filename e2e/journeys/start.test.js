// An analyst looks, an accountant closes a month, a manager changes the program by its cards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { start, violations } from '../harness.js';

let shop;
let page;

before(async () => {
  shop = await start();
  page = shop.page;
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
});
after(async () => {
  await shop?.end();
});

const open = (path) => page.goto(`${shop.listening}/console${path}`);
const heading = (name) => page.getByRole('heading', { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const figure = (name) => page.getByRole('region', { name, exact: true });

async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

/** What a button gives to keep: its name and its first bytes. */
async function taken(button) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test('an analyst sees who comes back, opens who is behind a cell, and takes figures away', async () => {
  await page.getByRole('link', { name: 'Insight' }).click();
  await heading('Insight').waitFor();
  const cohorts = figure('Who comes back: cohorts');
  await cohorts.getByRole('img').locator('svg').waitFor({ timeout: 300_000 });
  for (const name of ['Recency and frequency', 'Segments', 'Kinds of loyalty', 'Who leaves, by tenure', 'What customers will bring, by tenths', 'To come: Revenue']) {
    await figure(name).waitFor();
  }
  await page.waitForLoadState('networkidle');
  await isSound('insight');

  const csv = await taken(cohorts.getByRole('button', { name: /^CSV/ }));
  assert.equal(csv.name, 'cohorts.csv');
  assert.match(csv.bytes.toString('utf8'), /^\ufeffCohort,\+0,\+1/);
  const png = await taken(cohorts.getByRole('button', { name: /^PNG/ }));
  assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
  assert.ok(png.bytes.length > 10_000, `${png.bytes.length}`);
  assert.deepEqual(shop.complaints, [], 'an image is made within the rules of the page');

  await cohorts.getByRole('button', { name: /As a table/ }).focus();
  await page.keyboard.press('Enter');
  const cell = cohorts.getByRole('row').nth(1).getByRole('button').first();
  const count = Number((await cell.textContent()) ?? '');
  await isSound('cohorts as a table');
  await cell.focus();
  await page.keyboard.press('Enter');
  const dialogue = page.getByRole('dialog');
  await dialogue.getByText(`${count} in all`).waitFor({ timeout: 180_000 });
  assert.match(page.url(), /list=cohort/, 'it is kept in the address');
  await isSound('who is behind it');
  const link = dialogue.getByRole('link').first();
  const name = await link.textContent();
  await link.click();
  await heading(name).waitFor();
});

test('a segment and a time are chosen in the address, and another period is worked out', async () => {
  await open('/insight?from=2026-01&list=segment%3Dchampions&metric=churn_rate');
  const dialogue = page.getByRole('dialog');
  await dialogue.getByText(/in all/).waitFor({ timeout: 180_000 });
  await page.keyboard.press('Escape');
  await dialogue.waitFor({ state: 'hidden' });
  assert.ok(!page.url().includes('list='));
  await page.getByLabel('Period').first().selectOption('quarter');
  // A report of quarters is worked out first; then its periods can be chosen.
  await page.getByLabel('From').locator('option', { hasText: /^20\d\d-Q\d$/ }).first().waitFor({ state: 'attached', timeout: 300_000 });
  assert.match(page.url(), /period=quarter/);
});

test('an accountant closes a month and takes its statement', async () => {
  await open('/insight?view=finance');
  await figure('Liability').getByRole('img').locator('svg').waitFor({ timeout: 180_000 });
  await figure('Breakage').waitFor();
  await page.waitForLoadState('networkidle');
  await isSound('finance');
  const row = page.getByRole('row').filter({ hasText: 'open' }).last();
  const month = (await row.getByRole('rowheader').textContent()) ?? '';
  await row.getByRole('button', { name: /^Close/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await said(`${month} is closed.`);
  await page.getByRole('button', { name: `Statement of ${month}` }).click();
  await page.getByRole('dialog').getByRole('row', { name: /Opening/ }).waitFor();
  await isSound('a statement');
  const csv = await taken(page.getByRole('dialog').getByRole('button', { name: 'CSV' }));
  assert.match(csv.bytes.toString('utf8'), new RegExp(`${month},beans,`));
  await page.keyboard.press('Escape');
});

test('a card and the file are the same program: comments stay, and what it would have given is shown', async () => {
  await open('/program');
  await said('Nothing is wrong');
  const file = page.getByLabel('Program file');
  const before = await file.inputValue();
  const card = page.getByRole('article', { name: 'Earning breakfast' });
  await card.getByRole('button', { name: 'Change breakfast' }).click();
  await isSound('a card that is open');
  await card.getByLabel('give', { exact: true }).fill('{ beans = 30 }');
  await card.getByLabel('give', { exact: true }).blur();
  await page.waitForFunction(() => document.querySelector('.editor textarea').value.includes('{ beans = 30 }'));
  const after = await file.inputValue();
  assert.equal(after, before.replace('give  = { beans = 20 }', 'give  = { beans = 30 }'), 'nothing else has changed');
  await page.getByRole('region', { name: 'On the last purchases it would have given' }).getByText(/would give something else/).waitFor({ timeout: 30_000 });
  await isSound('what it would have given');
  // The other way round: what is written in the file stands on the card.
  await file.fill(after.replace('{ beans = 30 }', '{ beans = 40 }'));
  await page.waitForFunction(() => [...document.querySelectorAll('article textarea')].some((field) => field.value === '{ beans = 40 }'));
  await card.getByLabel('give', { exact: true }).fill('{ beans = ');
  await card.getByLabel('give', { exact: true }).blur();
  await said('This cannot be read');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await file.inputValue(), before);
});

test('in the dark and on a telephone these pages are sound, and nothing is cut off', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const [path, name] of [
    ['/insight', 'Insight'],
    ['/insight?view=finance', 'Insight'],
    ['/start', 'Guided start'],
    ['/sandbox', 'Sandbox'],
    ['/program', 'Program'],
  ]) {
    await open(path);
    await heading(name).waitFor();
    await page.waitForLoadState('networkidle');
    await isSound(`${path} in the dark`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${path} is ${wider} px wider than the screen`);
  }
});

test('each language has every text of these pages', async () => {
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light' });
  for (const [language, title] of [['de', 'Auswertung'], ['ru', 'Аналитика'], ['zh-Hans', '洞察'], ['zh-Hant', '洞察'], ['en', 'Insight']]) {
    await page.evaluate((language) => localStorage.setItem('regulars.language', language), language);
    await open('/insight');
    await heading(title).waitFor();
    await page.waitForLoadState('networkidle');
    await isSound(`insight in ${language}`);
    const keys = await page.evaluate(() => document.body.innerText.match(/\b(insight|finance|segment|loyalty|coming|figure|trial|start|cards)\.[a-z_]+/g));
    assert.equal(keys, null, `${language}: ${keys}`);
  }
});
