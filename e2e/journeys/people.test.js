// What keeps customers: cards from the printer to a lost one, members who are there twice, shops that are connected.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
const row = (text) => page.getByRole('row').filter({ hasText: text });
const button = (name, within = page) => within.getByRole('button', { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();

const isSound = (where, own) => isSoundEverywhere(shop, where, own);

/** Somebody with an address and a name; their id. */
async function member(name, email, attributes = {}) {
  const made = await send('POST', '/v1/members', { identities: [{ kind: 'email', value: email }], attributes: { name, ...attributes } });
  return made.member.id;
}

test('cards are made for a printer, one is activated for a member, and replaced when it is lost', async () => {
  await member('Carla Moreno', 'carla@example.com');
  await open('/cards');
  await heading('Cards').waitFor();
  await page.getByText('No cards yet').waitFor();
  await isSound('no cards');
  await button('Make cards').click();
  await dialogue().getByRole('textbox', { name: 'Batch' }).fill('spring');
  await dialogue().getByRole('textbox', { name: 'First digits' }).fill('2600');
  await dialogue().getByRole('textbox', { name: 'How many' }).fill('5');
  await isSound('making cards');
  await button('Make cards', dialogue()).click();
  await said('The cards are made.');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Numbers for the printer: spring' }).click();
  const file = readFileSync(await (await download).path(), 'utf8');
  const numbers = file.trim().split('\n').slice(1).map((line) => line.split(',')[0].replaceAll('"', ''));
  assert.equal(numbers.length, 5);

  // As it is printed: in groups.
  const grouped = numbers[0].replace(/(.{4})(?=.)/g, '$1 ');
  await page.getByRole('searchbox', { name: 'Find a card' }).fill(grouped);
  await button('Look it up').click();
  const card = page.getByRole('region', { name: /^Card / });
  await card.getByText('Blank').waitFor();
  await button('Activate', card).click();
  await dialogue().getByRole('textbox', { name: 'E-mail address' }).or(dialogue().locator('input').last()).first().fill('Carla@Example.com');
  await isSound('activating a card');
  await button('Activate', dialogue()).click();
  await said('The card finds the member from now on.');
  await card.getByText('Active').waitFor();
  await card.getByRole('link', { name: 'Carla Moreno' }).waitFor();
  await isSound('a card that is active');

  await button('Replace', card).click();
  await dialogue().getByRole('textbox', { name: 'New card' }).fill(numbers[1]);
  const reason = dialogue().getByRole('textbox', { name: 'Reason' });
  if (await reason.isVisible()) await reason.fill('Lost on the bus');
  await isSound('replacing a card');
  await button('Replace', dialogue()).click();
  await said('The old card is refused from now on.');
  await card.getByText('No longer good').waitFor();
  await isSound('a card that is no longer good');
  const found = await send('GET', `/v1/members/card:${numbers[1]}`);
  assert.equal(found.attributes.name, 'Carla Moreno');
});

test('members who are there twice are found; two are merged, two others are two people', async () => {
  const born = { birthday: '1990-02-03' };
  const ines = await member('Ines Duarte', 'ines.duarte@example.com');
  await member('Inês D.', 'inesduarte+club@example.com');
  await member('Jo Park', 'jo@example.com', born);
  await member('Park Jo', 'jp@example.org', born);
  await open('/reviews');
  await page.getByRole('tab', { name: 'Duplicates' }).click();
  await button('Look now').click();
  await said(/may be one person\.$/);
  const pair = (name) => page.getByRole('article').filter({ hasText: name });
  await pair('Ines Duarte').getByText('Same e-mail address').waitFor();
  await isSound('duplicates');
  await button('Two people', pair('Jo Park')).click();
  await isSound('two people');
  await button('Two people', dialogue()).click();
  await said('Noted: two people.');
  await pair('Jo Park').waitFor({ state: 'detached' });
  await button('Merge', pair('Ines Duarte')).click();
  await isSound('merging two');
  await button('Merge', dialogue()).click();
  await said('Merged.');
  await pair('Ines Duarte').waitFor({ state: 'detached' });
  const merged = await send('GET', '/v1/members/email:inesduarte+club@example.com');
  assert.equal(merged.id, ines);
  await page.getByRole('combobox', { name: 'State' }).or(page.getByRole('textbox', { name: 'State' })).first().click();
  await page.getByRole('option', { name: 'Two people' }).click();
  await button('May be one after all', pair('Jo Park')).click();
  await button('May be one after all', dialogue()).click();
  await said('Noted.');
  const acts = await send('GET', '/v1/audit?act=part_duplicate');
  assert.equal(acts.items.length, 2);
});

test('a shop is connected, says what happened, and is looked after', async () => {
  await open('/settings?of=connectors');
  await page.getByText('No shop is connected yet').waitFor();
  await isSound('no connectors');
  await button('New connector').click();
  await dialogue().getByRole('combobox', { name: 'Platform' }).or(dialogue().getByRole('textbox', { name: 'Platform' })).first().click();
  await page.getByRole('option', { name: 'Standard Webhooks' }).click();
  await dialogue().getByRole('textbox', { name: 'Source' }).fill('web-shop');
  await isSound('a new connector');
  await button('New connector', dialogue()).or(dialogue().locator('button[type=submit]')).first().click();
  await page.getByText('The secret of web-shop').waitFor();
  await isSound('the secret of a connector');
  await button('I have it').click();
  await row('web-shop').getByText('never').waitFor();
  // Something that nobody signed: it is not taken, and counted.
  const own = (await send('GET', '/v1/connectors')).items[0];
  const unsigned = await fetch(shop.listening + own.path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
  assert.equal(unsigned.ok, false);
  await page.reload();
  await row('web-shop').getByText(/Not signed as they must be: 1/).waitFor();
  await page.getByRole('button', { name: 'Deliveries of web-shop' }).click();
  await page.getByRole('region', { name: 'Deliveries of web-shop' }).waitFor();
  await isSound('a connector');
  await page.getByRole('button', { name: 'Remove web-shop' }).click();
  await button('Remove', dialogue()).click();
  await said('Removed.');
  await page.getByText('No shop is connected yet').waitFor();
});
