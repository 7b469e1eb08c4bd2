// The demo shop after its season: whoever opens the console for the first time finds a shop at work on every page,
// and not a row of empty lists.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start, violations } from '../harness.js';

let shop;
let page;

before(async () => {
  shop = await start({ demo: 'whole' });
  page = shop.page;
  await page.goto(shop.sign_in);
  await page.getByRole('heading', { name: 'Today at a glance' }).waitFor();
});
after(() => shop?.end());

test('the first page says whether customers stay, and opens who is counted', async () => {
  const nps = page.getByRole('region', { name: 'Would recommend (NPS)' });
  await nps.getByText(/^in /).waitFor();
  await page.getByRole('region', { name: 'Buy again' }).getByText(/%/).first().waitFor();
  assert.deepEqual(await violations(page), []);
  await nps.getByRole('button').click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByText(/9 or 10/).waitFor();
  assert.deepEqual(await violations(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/life-home.png` });
  await dialogue.getByRole('link', { name: 'See who is counted' }).click();
  await page.getByRole('dialog').getByText(/who is counted/).first().waitFor();
  await page.getByRole('dialog').getByRole('link').first().waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(shop.complaints, []);
});

test('each figure of the first page opens the customers behind it', async () => {
  for (const name of [/^Active/, /^Issued/, /^Redeemed/, /^Liability/]) {
    await page.goto(`${shop.listening}/console/`);
    const card = page.getByRole('region', { name }).first();
    await card.getByRole('button').click();
    await page.getByRole('dialog').getByRole('link', { name: 'See who is counted' }).click();
    const list = page.getByRole('dialog');
    await list.getByText(/in all$/).waitFor();
    await list.getByRole('link').first().waitFor();
  }
  assert.deepEqual(shop.complaints, []);
});

test('who bought lately is as many as the first page says', async () => {
  await page.goto(`${shop.listening}/console/`);
  const card = page.getByRole('region', { name: /^Active/ });
  const said = Number((await card.getByText(/^\d+ bought/).textContent()).match(/^\d+/)[0]);
  await card.getByRole('button').click();
  await page.getByRole('dialog').getByRole('link', { name: 'See who is counted' }).click();
  await page.getByRole('dialog').getByText(`${said} in all`).waitFor();
});

test('a member has what models say of them', async () => {
  await page.goto(`${shop.listening}/console/insight?list=segment%3Dchampions`);
  await page.getByRole('dialog').getByRole('link').first().click();
  const part = page.getByRole('region', { name: 'What models say' });
  await part.getByText(/%/).first().waitFor();
  await part.getByText('Champions').waitFor();
  assert.deepEqual(await violations(page), []);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/life-member.png`, fullPage: true });
});

/** Each page, and something that stands on it only where something happened. */
const PAGES = [
  ['journeys', /^Welcome/],
  ['journeys/review', /Review after a purchase/],
  ['messages', /Open on Sundays/],
  ['surveys', /After a visit/],
  ['surveys/visit', /What texts are about/],
  ['cases', /Waiting for the member|Open/],
  ['cases?of=report', /Solved/],
  ['offers', /Something for the week/],
  ['offers/weekly', /40 beans for your next visit/],
  ['products', /House blend, 1 kg/],
  ['products?of=stores', /Market Square/],
  ['segments', /Here lately/],
  ['cards', /counter/],
  ['advocates', /@example\.com|[A-Z]\w+ [A-Z]\w+/],
  ['settings?of=people', /Mara Novak/],
  ['settings?of=audit', /Mara Novak/],
];

for (const [path, text] of PAGES)
  test(`something happened on /${path}`, async () => {
    await page.goto(`${shop.listening}/console/${path}`);
    await page.getByRole('main').getByText(text).first().waitFor();
    assert.deepEqual(await violations(page), [], path);
    assert.deepEqual(shop.complaints, [], path);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/life-${path.replace(/\W+/g, '-')}.png`, fullPage: true });
  });
