// A cashier at a tablet: three taps, and on without the server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';

const MEMBER = 'customer:C-000005';

let shop;
let page;

before(async () => {
  shop = await start({ width: 1024, height: 768 });
  page = shop.page;
  const invited = await ask(shop, 'POST', '/v1/people', { email: 'kim@example.com', name: 'Kim', roles: ['cashier'] });
  await page.goto(`${shop.listening}/console/#invitation=${invited.invitation}`);
  await page.getByLabel('New password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.getByRole('heading', { name: 'Till', exact: true }).waitFor();
});
after(async () => {
  await shop?.end();
});

const find = async (text) => {
  await page.getByLabel('Card, telephone or code').fill(text);
  await page.keyboard.press('Enter');
};
const balance = async () => (await ask(shop, 'GET', `/v1/members/${MEMBER}/balance`)).points[0];
const sales = () => page.getByRole('listitem');

async function isSound(where, besides = /$^/) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints.filter((said) => !besides.test(said)), [], where);
}

async function sell(amount) {
  await page.getByLabel('Amount in EUR').fill(amount);
  await page.getByRole('button', { name: 'Book the sale' }).click();
}

test('a cashier sees the till alone', async () => {
  await isSound('an empty till');
  for (const path of ['/', '/members', '/settings']) {
    await page.goto(`${shop.listening}/console${path}`);
    await page.getByRole('heading', { name: 'Till', exact: true }).waitFor();
    assert.match(page.url(), /\/console\/till$/);
  }
  await find('nobody-has-this');
  await page.getByText('Nobody has “nobody-has-this”.').waitFor();
  await isSound('nobody');
});

test('a sale with stamps is booked, and a reward is redeemed in three taps', async () => {
  await ask(shop, 'POST', `/v1/members/${MEMBER}/adjustments`, { points: 'beans', amount: '1000', reason: 'for the test' });
  await find(MEMBER);
  await page.getByText('Nothing to redeem').or(page.getByRole('button', { name: /A coffee on the house/ })).first().waitFor();
  await isSound('a member before the till');
  await page.getByRole('button', { name: 'One more' }).first().click();
  await page.getByRole('button', { name: 'One more' }).first().click();
  await sell('12.40');
  await sales().filter({ hasText: 'booked' }).filter({ hasText: '12.40' }).waitFor();
  await isSound('a sale');

  const before = Number((await balance()).available);
  await find(MEMBER);
  await page.getByRole('button', { name: /5 EUR off/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Redeem' }).click();
  await page.getByText('Redeemed: 5 EUR off').first().waitFor();
  assert.equal(Number((await balance()).available), before - 500);
  await page.getByRole('button', { name: 'Next' }).click();
});

test('without the server three sales are kept, nothing is redeemed, and each is booked once when it is back', async () => {
  const offline = /ERR_INTERNET_DISCONNECTED|Failed to fetch|net::/;
  const amounts = ['3.10', '4.20', '5.30'];
  // What the page needs is kept before the line goes down.
  await page.waitForFunction(async () => !!(await caches.match('/console/till')));
  await page.reload();
  await page.getByRole('heading', { name: 'Till', exact: true }).waitFor();
  await shop.context.setOffline(true);
  await page.getByText(/^Offline: 0 of 100/).waitFor();
  for (const amount of amounts) {
    await find(MEMBER);
    await page.getByRole('heading', { name: `Number ${MEMBER}` }).waitFor();
    await page.getByText('Nothing is redeemed without the server.').waitFor();
    await sell(amount);
    await sales().filter({ hasText: amount }).filter({ hasText: 'waits' }).waitFor();
  }
  // One of them is for nobody: it is refused later, with the reason.
  await find('9999-unknown');
  await sell('1.00');
  await page.getByText(/^Offline: 4 of 100/).waitFor();
  await isSound('offline', offline);

  // The tablet is started anew, still without the server: nothing is lost.
  await page.reload();
  await page.getByText(/^Offline: 4 of 100/).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('4 sales wait to be sent').waitFor();

  // The server books the first time, but its answer is lost: the same is sent once more.
  let lost = 0;
  await page.route('**/v1/events/batch', async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await shop.context.setOffline(false);
  for (const amount of amounts) await sales().filter({ hasText: amount }).filter({ hasText: 'booked' }).waitFor({ timeout: 40_000 });
  assert.equal(lost, 1);
  const refused = sales().filter({ hasText: '9999-unknown' });
  await refused.getByText('refused').waitFor();
  await refused.getByText(/there is no member/).waitFor();
  await isSound('back again', offline);
  await refused.getByRole('button', { name: 'Dismiss' }).click();
  await refused.waitFor({ state: 'detached' });

  const ledger = await ask(shop, 'GET', `/v1/members/${MEMBER}/ledger?limit=20`);
  for (const amount of amounts) {
    const entries = ledger.items.filter((entry) => entry.source.startsWith('till-') && JSON.stringify(entry).includes(`${amount} EUR`));
    assert.equal(entries.length, 1, `${amount} stands once in the ledger`);
  }
});

test('a sale above the limit is for a manager, and the till is sound in the dark, narrow and in every language', async () => {
  const offline = /ERR_INTERNET_DISCONNECTED|Failed to fetch|net::/;
  await find(MEMBER);
  await page.getByLabel('Amount in EUR').fill('500.01');
  await page.getByText('more is for a manager').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Book the sale' }).isDisabled());
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  await isSound('the till in the dark', offline);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wider <= 0, `${wider} px wider than the screen`);
  for (const [tag, title] of Object.entries({ de: 'Kasse', ru: 'Касса', 'zh-Hans': '收银台', 'zh-Hant': '收銀台', en: 'Till' })) {
    await page.evaluate((language) => window.localStorage.setItem('regulars.language', language), tag);
    await page.reload();
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    await isSound(`the till in ${tag}`, offline);
  }
});
