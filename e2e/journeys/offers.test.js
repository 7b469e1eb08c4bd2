// A personal offer from its writing to its counting: a manager makes a set and is told what is wrong with it, a
// member sees one offer on their pages and takes it, once, and the manager sees it counted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';
import { startMail } from '../smtp.js';

let mail;
let shop;
let page;
let member;
const PEOPLE = ['ana', 'bo', 'cleo', 'dan', 'eve'].map((own) => `${own}.offered@example.com`);

const console_ = (path) => page.goto(`${shop.listening}/console${path}`);
const heading = (name, on = page) => on.getByRole('heading', { name, exact: true });
const button = (name, on = page) => on.getByRole('button', { name, exact: true });
const dialogue = () => page.getByRole('dialog');
const offer = (no) => dialogue().getByRole('group', { name: `Offer ${no}` });

async function isSound(where, on = page) {
  assert.deepEqual(await violations(on), [], where);
  assert.deepEqual(shop.complaints, [], where);
  // SHOTS names a folder for pictures of every page, to be looked at by a person.
  if (process.env.SHOTS) await on.screenshot({ path: `${process.env.SHOTS}/${where.replace(/\W+/g, '-')}.png`, fullPage: true });
}

async function fits(where, on = page) {
  const size = on.viewportSize();
  await on.setViewportSize({ width: 390, height: 800 });
  // What is beside the page moves away first.
  await on
    .waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, undefined, { timeout: 5000 })
    .catch(() => assert.fail(`${where} is wider than a phone`));
  if (process.env.SHOTS) await on.screenshot({ path: `${process.env.SHOTS}/${where.replace(/\W+/g, '-')}-390.png`, fullPage: true });
  await on.emulateMedia({ colorScheme: 'dark' });
  await isSound(`${where} dark`, on);
  await on.emulateMedia({ colorScheme: 'light' });
  await on.setViewportSize(size);
}

async function beans(email) {
  const own = await ask(shop, 'GET', `/v1/members/email:${email}/balance`);
  return Number(own.points.find((points) => points.points === 'beans').available);
}

before(async () => {
  mail = await startMail();
  shop = await start({ mail });
  page = shop.page;
  if (process.env.PATIENCE) shop.context.setDefaultTimeout(Number(process.env.PATIENCE));
  for (const email of PEOPLE) {
    await ask(shop, 'POST', '/v1/members', { identities: [{ kind: 'email', value: email }], attributes: { name: `${email[0].toUpperCase()}. Offered` } });
  }
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
});
after(async () => {
  await shop?.end();
  await mail?.end();
});

test('a manager makes a set of offers, and is told at its place what is wrong', async () => {
  await page.getByRole('link', { name: 'Personal offers' }).click();
  await page.getByText('There is no set of offers yet.').waitFor();
  await isSound('no offers');
  await button('New set').click();
  await dialogue().getByLabel(/^Name/).fill('Spring');
  await dialogue().getByLabel(/^Id/).first().fill('spring');
  await dialogue().getByLabel(/^Budget/).fill('50.00');
  for (const [no, title, id] of [
    [1, 'Ten beans for you', 'beans'],
    [2, 'Twenty beans for you', 'peas'],
  ]) {
    await offer(no).getByLabel('Title').fill(title);
    await offer(no).getByLabel(/^Which/).fill(id);
    await offer(no).getByLabel('How many').fill(String(no * 10));
    await offer(no).getByLabel(/^Costs us/).fill('0.20');
    await offer(no).getByLabel(/^An order is worth/).fill('3.00');
  }
  await button('Save', dialogue()).click();
  await offer(2).getByText(/has no points `peas`/).waitFor();
  await isSound('a wrong set');
  await offer(2).getByLabel(/^Which/).fill('beans');
  await button('Save', dialogue()).click();
  await page.getByRole('link', { name: 'Spring' }).waitFor();
  await isSound('sets of offers');
  await fits('sets of offers');
});

test('a member sees one offer on their pages, and takes it once', async () => {
  let email;
  for (const own of PEOPLE) {
    const { items } = await ask(shop, 'GET', `/v1/members/email:${own}/offers`);
    if (items.length > 0) email ??= own;
  }
  assert.ok(email, 'five are not all held out');
  const context = await shop.browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce' });
  member = await context.newPage();
  await member.goto(`${shop.listening}/portal/demo/#/`);
  await member.getByLabel('E-mail address').fill(email);
  await member.keyboard.press('Enter');
  const code = /\b(\d{6})\b/.exec((await mail.letter(email)).text)[1];
  await member.getByLabel('Code', { exact: true }).fill(code);
  await button('Sign in', member).click();
  const terms = member.getByLabel(/I accept the terms/);
  const card = member.getByRole('region', { name: 'Offers for you' });
  await terms.or(card).first().waitFor();
  if (await terms.isVisible()) {
    await terms.check();
    await member.getByRole('button', { name: /Accept|Join/ }).click();
  }
  await card.waitFor();
  const title = await card.getByRole('heading', { level: 3 }).textContent();
  const worth = title.startsWith('Ten') ? 10 : 20;
  await isSound('an offer of a member', member);
  await fits('an offer of a member', member);
  const had = await beans(email);
  await card.getByRole('button', { name: `Take it: ${title}` }).click();
  await card.getByRole('status').filter({ hasText: 'It is yours.' }).waitFor();
  assert.equal(await beans(email), had + worth);
  await isSound('an offer that was taken', member);
  const again = await ask(shop, 'POST', `/v1/members/email:${email}/offers/spring.1`);
  assert.equal(again.state, 'taken');
  assert.equal(await beans(email), had + worth, 'it is given once');
  const { items } = await ask(shop, 'GET', `/v1/members/email:${email}/offer-choices`);
  assert.equal(items[0].proved, true);
  assert.equal(items[0].among.reduce((sum, own) => sum + own.chance, 0), 1_000_000);
  await context.close();
});

test('the manager sees it counted, with what cannot be said yet', async () => {
  await page.getByRole('link', { name: 'Spring' }).click();
  await heading('Spring').waitFor();
  await page.getByText(/€0\.20 of €50\.00 drawn/).waitFor();
  const figures = await ask(shop, 'GET', '/v1/offer-sets/spring/figures');
  assert.equal(figures.offers.reduce((sum, own) => sum + own.taken, 0), 1);
  assert.equal(figures.shown + figures.held_out, 5);
  await page.getByRole('row', { name: /Evenly/ }).getByText('Too few choices whose days are over').waitFor();
  await isSound('a set of offers');
  await fits('a set of offers');
  await button('Change').click();
  await dialogue().getByRole('checkbox', { name: 'It is shown to members' }).uncheck();
  await button('Save', dialogue()).click();
  await page.getByText('Not shown').first().waitFor();
  await isSound('a set that is not shown');
});
