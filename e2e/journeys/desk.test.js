// The service desk: what a service agent does when something went wrong for a member, each job to its end.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startClub } from '../club.js';
import { violations } from '../harness.js';

let shop;
let page;

before(async () => {
  shop = await startClub();
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
const dialogue = () => page.getByRole('dialog');
const button = (name) => page.getByRole('button', { name, exact: true });

async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

/** Chooses from the desk's list, and says why. */
async function desk(what, why) {
  await button('Service desk').click();
  await page.getByRole('menuitem', { name: what, exact: true }).click();
  const confirm = dialogue().getByRole('button', { name: what, exact: true });
  assert.ok(await confirm.isDisabled(), 'without a reason nothing is done');
  await dialogue().getByLabel('Reason').fill(why);
  await isSound(what);
  await confirm.click();
}

const redeem = (id) => ({ type: 'reward_request', source: 'desk-test', id, member: shop.members.dana, reward: 'coffee', commit: true, redemption: id });

test('a member whose telephone was stolen is put on hold, and let go', async () => {
  await open(`/members/${shop.members.dana}`);
  await heading('Dana Petrova').waitFor();
  await desk('Put on hold', 'Her phone was stolen');
  await said('The member is on hold.');
  await page.getByRole('status').filter({ hasText: 'Her phone was stolen' }).waitFor();
  await isSound('a member on hold');
  await assert.rejects(shop.send('POST', '/v1/events', redeem('c-0')), /member_on_hold.*Her phone was stolen/s);
  const till = await shop.send('POST', '/v1/till/find', { text: 'dana@example.com' });
  assert.equal(till.on_hold, 'Her phone was stolen');
  await desk('Let go', 'She has a new one');
  await said('The member is let go.');
  await page.getByRole('status').filter({ hasText: 'Her phone was stolen' }).waitFor({ state: 'detached' });
  await shop.send('POST', '/v1/events', redeem('c-1'));
});

test('a reward that was used for nothing is given again, and taken back', async () => {
  await open(`/members/${shop.members.dana}`);
  await button('Give again: coffee').click();
  const confirm = dialogue().getByRole('button', { name: 'Give a reward again', exact: true });
  assert.ok(await confirm.isDisabled(), 'without a reason nothing is done');
  await dialogue().getByLabel('Reason').fill('The machine was out of order');
  await isSound('giving again');
  await confirm.click();
  await said('It is given again.');
  const has = () => shop.send('GET', `/v1/members/${shop.members.dana}/balance`);
  assert.deepEqual((await has()).vouchers.map((own) => own.reward), ['coffee']);
  await desk('Take back what was given again', 'It was the other member');
  await said('It is taken back.');
  assert.deepEqual((await has()).vouchers, []);
});

test('a member takes their data along, and is forgotten', async () => {
  await open(`/members/${shop.members.dana}`);
  await button('Export data').click();
  await dialogue().getByLabel('Reason').fill('asked by letter');
  await isSound('export');
  const [file] = await Promise.all([page.waitForEvent('download'), dialogue().getByRole('button', { name: 'Export data' }).click()]);
  const all = JSON.parse(await readFile(await file.path(), 'utf8'));
  assert.equal(all.me.member.attributes.name, 'Dana Petrova');
  assert.ok(all.ledger.some((own) => own.order === 'R-dana'));
  await button('Forget').click();
  await dialogue().getByLabel('Reason').fill('asked by letter');
  await isSound('forgetting');
  await dialogue().getByRole('button', { name: 'Forget' }).click();
  await said('It is forgotten who this was.');
  await assert.rejects(shop.send('GET', '/v1/members/email:dana@example.com'), /unknown_member/);
  await open('/settings?of=audit');
  const trail = await shop.send('GET', '/v1/audit');
  const why = (act) => trail.items.find((own) => own.act === act)?.why;
  assert.equal(why('hold_member'), 'Her phone was stolen');
  assert.equal(why('create_reissue'), 'The machine was out of order');
  assert.equal(why('erase_member'), 'asked by letter');
});

test('whoever is on a plan ends it before they are forgotten', async () => {
  await open(`/members/${shop.members.ben}`);
  await button('Forget').click();
  await dialogue().getByLabel('Reason').fill('asked by letter');
  await dialogue().getByRole('button', { name: 'Forget' }).click();
  await dialogue().getByText(/end the membership first/).waitFor();
  await isSound('not forgotten');
});
