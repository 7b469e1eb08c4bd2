// An analyst looks, a manager changes the program with care, a second person agrees, somebody starts anew.
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

/** A picture is drawn when one comes near it. */
async function drawn(of) {
  await of.waitFor({ timeout: 300_000 });
  await of.scrollIntoViewIfNeeded();
  await of.getByRole('img').locator('svg').waitFor();
}

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
  await drawn(cohorts);
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
  await drawn(figure('Liability'));
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

test('a change is tried on what members did, proposed, and approved by a second person only', async () => {
  await open('/program');
  await page.getByRole('tab', { name: 'Proposals' }).click();
  const second = page.getByLabel('A second person must approve changes of the program');
  await second.and(page.locator(':enabled')).waitFor({ state: 'attached' });
  await second.click({ force: true });
  await second.and(page.locator(':checked')).waitFor({ state: 'attached' });
  await isSound('proposals');
  await page.getByRole('tab', { name: 'File' }).click();
  await said('Nothing is wrong');
  const file = page.getByLabel('Program file');
  await file.fill((await file.inputValue()).replace('give  = { beans = 20 }', 'give  = { beans = 25 }'));
  await page.getByRole('button', { name: 'Plan the change' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByRole('listitem').filter({ hasText: '25 beans' }).waitFor();
  await dialogue.getByRole('button', { name: 'Try', exact: true }).click();
  await dialogue.getByText(/earn more/).waitFor({ timeout: 300_000 });
  await isSound('a back-test');
  await dialogue.getByLabel('Note').fill('five more for breakfast');
  await dialogue.getByRole('button', { name: 'Propose' }).click();
  await said('It is proposed');
  await page.getByRole('tab', { name: 'Proposals' }).click();
  const mine = page.getByRole('article', { name: 'five more for breakfast' });
  assert.ok(await mine.getByRole('button', { name: 'Approve' }).isDisabled(), 'who proposed it cannot approve it');

  // A second person, with a key of their own.
  const answer = await fetch(`${shop.listening}/v1/keys`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${shop.key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Bo', scopes: ['admin'] }),
  });
  const { secret } = await answer.json();
  await page.getByRole('button', { name: /Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'With an API key' }).click();
  await page.getByLabel('API key').fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('tab', { name: 'Proposals' }).click();
  await mine.getByRole('button', { name: 'Difference' }).click();
  await page.getByRole('dialog').locator('ins', { hasText: '25' }).waitFor();
  await isSound('a proposal side by side');
  await page.keyboard.press('Escape');
  await mine.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await said('approved: version 2');
  // The switch shows what the server keeps, so it moves when that has answered.
  await second.click({ force: true });
  await second.and(page.locator(':not(:checked)')).waitFor({ state: 'attached' });
});

test('somebody starts from the library, answers six questions, tries a file of their own, and publishes', async () => {
  await open('/start');
  await heading('Guided start').waitFor();
  await isSound('kinds of programs');
  await page.getByRole('radio', { name: /Beauty shop with tiers/ }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByLabel('Business').fill('Rosa & Co');
  await page.getByLabel('Currency').selectOption('EUR');
  await page.getByLabel('Average basket').fill('40');
  await isSound('six questions');
  await page.getByRole('button', { name: 'Go on' }).click();
  await heading('What it says').waitFor();
  const file = await page.getByLabel('Program file').inputValue();
  assert.match(file, /name {5}= "Rosa & Co"/);
  assert.match(file, /worth {3}= "0.03 EUR"/);
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await said(/Decided: .* events of .* customers/);
  await page.getByLabel('Try it on').selectOption('file');
  const orders = 'order,customer,date,amount\nA-1,ana,2026-01-02,40.00\nA-2,bo,2026-01-05,60.00\nA-3,cy,never,1.00\n';
  await page.locator('input[type=file]').setInputFiles({ name: 'mine.csv', mimeType: 'text/csv', buffer: Buffer.from(orders) });
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await said('Decided: 2 events of 2 customers; rows not taken: 1');
  await page.waitForLoadState('networkidle');
  await isSound('a try');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await said('Version 3 is in force.');
  await said('Rosa & Co, version 3 in force');
});

test('in the sandbox anything is tried, nothing of it is live, until it is promoted', async () => {
  await open('/sandbox');
  await isSound('no sandbox');
  await page.getByLabel('Members to copy').fill('40');
  await page.getByRole('button', { name: 'Make a sandbox' }).click();
  await page.getByRole('button', { name: 'Go into it' }).click({ timeout: 180_000 });
  const banner = page.getByRole('region', { name: 'Sandbox', exact: true });
  await banner.getByText('Nothing here is live').waitFor();
  await isSound('in the sandbox');
  await page.getByRole('link', { name: 'Members', exact: true }).click();
  // Who joined last stands on a later page: each is found by the name that the sandbox gave them.
  await page.getByLabel('Find').fill('S-000001');
  await page.getByRole('link', { name: 'S-000001', exact: true }).waitFor();
  await open('/program');
  await said('Nothing is wrong');
  const file = page.getByLabel('Program file');
  await file.fill((await file.inputValue()).replace('Rosa & Co', 'Rosa & Daughters'));
  await page.getByRole('button', { name: 'Plan the change' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply now' }).click();
  await said('Version 2 is in force.');
  await banner.getByRole('button', { name: 'Leave the sandbox' }).click();
  await banner.waitFor({ state: 'hidden' });
  await said('Rosa & Co, version 3 in force');
  await open('/sandbox');
  await page.getByRole('button', { name: 'Promote' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('tried for a week');
  await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
  await said('The program is promoted.');
  await open('/program');
  await said('Rosa & Daughters, version 4 in force');
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

/** Sentences about metrics and findings into which nothing is put. */
function sentences(language) {
  const words = JSON.parse(readFileSync(new URL(`../../console/src/words/${language}.json`, import.meta.url), 'utf8'));
  const all = (own) => (typeof own === 'string' ? [own] : Object.values(own).flatMap(all));
  return all([words.metric, words.finding]).filter((own) => own.length > 12 && !own.includes('{{'));
}

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
    // What figures mean and what stands out is said in the reader's language, and in no other.
    const shown = await page.evaluate(() => document.body.innerText);
    const said = sentences(language).filter((own) => shown.includes(own));
    assert.ok(said.length > 1, `${language}: ${said}`);
    if (language !== 'en') assert.deepEqual(sentences('en').filter((own) => shown.includes(own)), []);
  }
});
