// Those who take advantage of the program: an agent finds them in the queue, reads why, and decides.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, isSoundEverywhere, start } from '../harness.js';

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

const send = (method, path, body) => ask(shop, method, path, body);
const open = (path) => page.goto(`${shop.listening}/console${path}`);
const heading = (name) => page.getByRole('heading', { name, exact: true });
const dialogue = () => page.getByRole('dialog');
const button = (name, within = page) => within.getByRole('button', { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();
const suspicion = (name) => page.getByRole('article').filter({ hasText: name });
const choice = (name) => page.getByRole('combobox', { name }).or(page.getByRole('textbox', { name })).first();
const isSound = (where, own) => isSoundEverywhere(shop, where, own);

/** A member who buys so often within a few minutes; their id. */
async function buys(name, times) {
  const email = `${name.toLowerCase().replace(' ', '.')}@example.com`;
  const made = await send('POST', '/v1/members', { identities: [{ kind: 'email', value: email }], attributes: { name } });
  for (let number = 0; number < times; number += 1) {
    const order = `${name.slice(0, 3)}-${number}`;
    await send('POST', '/v1/events', {
      type: 'purchase',
      source: 'till-9',
      id: order,
      order,
      customer: { kind: 'email', value: email },
      currency: 'EUR',
      total: '10.00',
    });
  }
  return made.member.id;
}

test('an agent reads why somebody is on hold, takes back what went too far, and clears who did nothing', async () => {
  // Fourteen receipts in a minute are no guest; seven are a party.
  const eve = await buys('Eve Receipts', 14);
  await buys('Petra Party', 7);
  await buys('Paul Party', 6);
  await open('/reviews');
  await page.getByRole('tab', { name: 'Suspicions' }).click();
  await isSound('suspicions');
  await button('Look now').click();
  await suspicion('Eve Receipts').getByText(/On hold since/).waitFor();
  await suspicion('Eve Receipts').getByText('14 purchases in 60 minutes (per member); at most 5').waitFor();
  await suspicion('Petra Party').getByText('7 purchases in 60 minutes (per member); at most 5').waitFor();
  await isSound('three suspicions');

  // She cannot redeem: the hold is one of the ledger, and her page says it.
  await button('Take back', suspicion('Eve Receipts')).click();
  // Beans of this shop are free after a fortnight: until then they cannot be taken, nor spent.
  await dialogue().getByText(/^Would be taken: 0 beans of \d+ given · and \d+ more as soon as they are free$/).waitFor();
  await dialogue().getByText(/^Would be taken: (\d+) status of \1 given$/).waitFor();
  await isSound('taking back');
  await dialogue().getByRole('textbox', { name: 'Reason' }).fill('Receipts picked up from the floor');
  await dialogue().getByRole('checkbox', { name: 'The member stays on hold' }).check();
  await button('Take back', dialogue()).click();
  await said('Taken back.');
  await suspicion('Eve Receipts').waitFor({ state: 'detached' });
  const reversed = (await send('GET', '/v1/suspicions?state=reversed')).items[0];
  assert.deepEqual(reversed.taken.map((own) => own.state).sort(), ['booked', 'later']);
  const held = await send('GET', `/v1/members/${eve}/balance`);
  assert.ok(held.on_hold, 'she stays on hold');

  // The two of the party at once, found by the address alone.
  await open('/reviews?of=suspicions&sign=pace&suspect=member');
  for (const name of ['Petra Party', 'Paul Party']) await suspicion(name).getByRole('checkbox').check();
  const both = page.getByRole('group', { name: '2 are picked' });
  await isSound('two that are picked');
  await button('Nothing wrong', both).click();
  await dialogue().getByRole('textbox', { name: 'Reason' }).fill('A birthday party, they paid for all');
  await isSound('clearing two');
  await button('Nothing wrong', dialogue()).click();
  await said('2 cleared.');
  await suspicion('Petra Party').waitFor({ state: 'detached' });
  await button('Look now').click();
  await said('0 new suspicions.');

  // What was decided is there, with who and why; and so in the audit trail.
  await choice('State').click();
  await page.getByRole('option', { name: 'Cleared' }).click();
  await suspicion('Paul Party').getByText(/A birthday party, they paid for all/).waitFor();
  assert.match(page.url(), /state=cleared/);
  await isSound('cleared suspicions');
  const acts = await send('GET', '/v1/audit?act=clear_suspicion');
  assert.equal(acts.items.length, 2);
  assert.equal((await send('GET', '/v1/audit?act=reverse_suspicion')).items[0].why, 'Receipts picked up from the floor');
});

test('an owner says what is suspicious, and is told what makes no sense', async () => {
  await open('/reviews?of=suspicions');
  await button('What is suspicious').click();
  const rules = dialogue();
  await rules.getByRole('textbox', { name: 'On hold from' }).fill('30');
  await isSound('what is suspicious');
  await button('Save', rules).click();
  await rules.getByText(/must not be below/).first().waitFor();
  await rules.getByRole('textbox', { name: 'On hold from' }).fill('90');
  await rules.getByRole('group', { name: 'Limit 1' }).getByRole('textbox', { name: 'At most' }).fill('8');
  await button('Save', rules).click();
  await said('From now on this is suspicious.');
  const set = await send('GET', '/v1/suspicion-rules');
  assert.equal(set.hold_from, 90);
  assert.equal(set.paces[0].most, 8);
});

test('what waits stands on the first page', async () => {
  await buys('Nora Nine', 9);
  await send('POST', '/v1/suspicions/find');
  await open('/');
  await page.getByRole('link', { name: '1 suspicion to look at' }).click();
  await suspicion('Nora Nine').waitFor();
});
