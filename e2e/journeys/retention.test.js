// The owner of a shop says how long personal data are kept, sees what would go, and lets it go.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';

let shop;
let page;

before(async () => {
  shop = await start();
  page = shop.page;
  await page.goto(shop.sign_in);
  await page.getByRole('heading', { name: 'Today at a glance', exact: true }).waitFor();
});
after(async () => {
  await shop?.end();
});

const said = (text) => page.getByText(text).first().waitFor();

async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

test('what is older than it is kept is looked at, set and let go', async () => {
  await page.goto(`${shop.listening}/console/settings?of=privacy`);
  await page.getByRole('heading', { name: 'How long personal data are kept', exact: true }).waitFor();
  await isSound('the times');
  const members = page.getByLabel('Members, in months');
  assert.equal(await members.inputValue(), '0');

  // A time that is too short is refused in words, and nothing is set.
  await members.fill('2');
  await page.getByRole('button', { name: 'See what would go' }).click();
  await said('must be 6 to 240');

  await members.fill('6');
  await page.getByLabel('Cases, in days').fill('30');
  await page.getByRole('button', { name: 'See what would go' }).click();
  await said('So much is older');
  await isSound('what would go');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await said('Saved.');
  await page.reload();
  assert.equal(await page.getByLabel('Members, in months').inputValue(), '6');

  await page.getByRole('button', { name: 'Let it go now' }).click();
  const dialogue = page.getByRole('dialog');
  await said('It cannot be had back.');
  await isSound('before it goes');
  await dialogue.getByRole('button', { name: 'Let it go', exact: true }).click();
  await said('It is gone.');
  await page.getByRole('button', { name: 'See what would go' }).click();
  await said('Nothing is that old.');

  await page.goto(`${shop.listening}/console/settings?of=audit`);
  await said('Let go now what is old');
  await said('Set how long personal data are kept');
  await isSound('the trail');
});

test('each consent stands on the page of the member, with its proof', async () => {
  const program = await fetch(`${shop.listening}/v1/programs/1/text`, { headers: { Authorization: `Bearer ${shop.key}` } });
  await ask(shop, 'POST', '/v1/programs', `${await program.text()}\n[activity.letters]\nconsent = "keep"\n`);
  const customer = { kind: 'email', value: 'ana@consents.example' };
  const { member } = await ask(shop, 'POST', '/v1/members', { identities: [customer] });
  for (const [id, given, origin] of [['yes', true, 'footer of the page'], ['no', false, 'a letter']]) {
    const fields = { given, channel: 'web', origin, version: 'text of March' };
    await ask(shop, 'POST', '/v1/events', { type: 'activity', source: 'web', id, customer, name: 'letters', fields });
  }
  await page.goto(`${shop.listening}/console/members/${member.id}`);
  await said('Each time, with its proof');
  await said(/letters: given .*footer of the page/);
  await said(/letters: withdrawn .*a letter/);
  await isSound('the consents of a member');
});
