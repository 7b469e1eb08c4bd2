// The console's lists: what a reward manager, a marketer, a partner manager, an account manager and a
// service agent do there, each job to its end.
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
const row = (text) => page.getByRole('row').filter({ hasText: text });
const button = (name) => page.getByRole('button', { name, exact: true });

async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

/** Chooses from a field that opens a list. */
async function choose(label, option, within = page) {
  await within.getByRole('textbox', { name: label }).or(within.getByRole('combobox', { name: label })).first().click();
  await page.getByRole('option', { name: option }).click();
}

/** What a button saves, as text. */
async function saved(press) {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return readFile(await file.path(), 'utf8');
}

test('rewards: stock comes in with a reason, and the list is found again by its address', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Rewards' }).click();
  await heading('Rewards').waitFor();
  await button('Stock: A mug with a handle').click();
  await dialogue().getByLabel('How many').fill('8');
  const confirm = dialogue().getByRole('button', { name: 'Change the stock' });
  assert.ok(await confirm.isDisabled(), 'without a reason nothing is done');
  await dialogue().getByLabel('Reason').fill('a delivery');
  await isSound('stock');
  await confirm.click();
  await said('The stock is changed.');
  await row('A mug with a handle').getByText('20', { exact: true }).waitFor();
  await page.getByLabel('Find').fill('mug');
  await page.waitForURL(/find=mug/);
  await page.reload();
  await row('A mug with a handle').waitFor();
  assert.equal(await row('A cinema ticket').count(), 0);
  await isSound('rewards');
  const file = await saved(() => button('Export CSV').click());
  assert.match(file, /^id,title,.*\r\nmug,A mug with a handle,/);
  await button('A mug with a handle').click();
  await dialogue().getByText('takes 50 beans').waitFor();
  await isSound('what the program says');
  await page.keyboard.press('Escape');
});

test('rewards: codes of a supplier are read from a file, and one is redeemed and shown', async () => {
  await open('/rewards');
  await button('Codes: A cinema ticket').click();
  await dialogue().locator('input[type=file]').setInputFiles({ name: 'codes.csv', mimeType: 'text/csv', buffer: Buffer.from('code,seat\nCINE-1,A1\nCINE-2,A2\n') });
  await dialogue().getByText('Codes: 2').waitFor();
  await isSound('codes');
  await dialogue().getByRole('button', { name: 'Bring them in' }).click();
  await said('The codes are there.');

  await open(`/members/${shop.members.ana}`);
  await heading('Ana Silva').waitFor();
  await button('Service desk').click();
  await page.getByRole('menuitem', { name: 'Redeem a reward' }).click();
  await choose('Reward', 'A cinema ticket · 40 beans', dialogue());
  await isSound('redeem');
  await dialogue().getByRole('button', { name: 'Redeem a reward' }).click();
  await said('It is redeemed.');
  await button('Show its code').click();
  await dialogue().getByText('CINE-1').waitFor();
  await page.keyboard.press('Escape');
});

test('rewards: what is sent goes out in one go; what did not arrive gives the points back', async () => {
  for (const [id, who] of [['s-1', 'ana'], ['s-2', 'ben'], ['s-3', 'clara']]) {
    await shop.send('POST', '/v1/events', { type: 'reward_request', source: 'app', id, member: shop.members[who], reward: 'mug', commit: true, redemption: id });
  }
  await open('/rewards?of=sent');
  await row('Ben Okafor').waitFor();
  await isSound('to send');
  await page.getByRole('checkbox', { name: 'Pick all' }).check();
  await said('Picked: 3');
  await button('Dispatched').click();
  await dialogue().getByLabel('Carrier').fill('Post');
  await isSound('dispatching');
  await dialogue().getByRole('button', { name: 'Dispatched' }).click();
  await said('Done: 3');
  await said('Nothing of that kind');
  await choose('State', 'on the way');
  await page.waitForURL(/state=dispatched/);
  const before = (await shop.send('GET', `/v1/members/${shop.members.ben}/balance`)).points[0].available;
  await row('Ben Okafor').getByRole('checkbox').check();
  await button('Not delivered').click();
  await dialogue().getByLabel('Reason').fill('the address is gone');
  await dialogue().getByRole('button', { name: 'Not delivered' }).click();
  await said('Done: 1');
  await row('Ben Okafor').waitFor({ state: 'detached' });
  const now = (await shop.send('GET', `/v1/members/${shop.members.ben}/balance`)).points[0].available;
  assert.equal(Number(now) - Number(before), 50, 'the points came back');
});

test('segments: one is made while its condition is counted, grows, is changed and taken away', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Segments' }).click();
  await heading('Segments').waitFor();
  await button('Make a segment').click();
  await dialogue().getByRole('textbox', { name: 'Name' }).fill('Bought something');
  await dialogue().getByRole('textbox', { name: 'Id' }).fill('bought');
  const condition = dialogue().getByRole('textbox', { name: /^Condition/ });
  const confirm = dialogue().getByRole('button', { name: 'Make a segment' });
  await condition.fill('orders(45) > 1');
  await dialogue().getByText('there is no window of 45 days').waitFor();
  assert.ok(await confirm.isDisabled(), 'a wrong condition is not kept');
  await isSound('a wrong condition');
  await condition.fill('orders_ever >= 1');
  await dialogue().getByText(/^\d+ of \d+ members$/).waitFor();
  await dialogue().getByRole('button', { name: 'What a condition may name' }).click();
  await dialogue().getByText('orders(90)', { exact: true }).waitFor();
  await isSound('a right condition');
  await confirm.click();
  await said('The segment is made.');
  await heading('Bought something').waitFor();
  await heading('Growth').waitFor();
  await button('Show as a table: Growth').or(page.getByRole('button', { name: /: Growth$/ })).first().click();
  await page.getByRole('rowheader').first().waitFor();
  await isSound('a segment');
  await button('Change').click();
  await dialogue().getByRole('textbox', { name: /^Condition/ }).fill('orders_ever >= 1000');
  await dialogue().getByText(/^0 of \d+ members$/).waitFor();
  await dialogue().getByRole('button', { name: 'Save' }).click();
  await said('The segment is changed.');
  await page.getByText('Nobody is in it').waitFor();
  await button('Take away').click();
  await dialogue().getByRole('button', { name: 'Take away' }).click();
  await said('The segment is taken away.');
  await page.getByText('There are no segments yet').waitFor();
  await isSound('no segments');
});

test('coupons: codes are made and imported, one is used, taken back, given to a member and made void', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Coupons' }).click();
  await heading('Coupons').waitFor();
  await button('Make codes: 5 EUR, with our apologies').click();
  await dialogue().getByLabel('How many').fill('3');
  await isSound('making codes');
  await dialogue().getByRole('button', { name: 'Make codes' }).click();
  await said('The codes are made.');
  await heading('Codes of 5 EUR, with our apologies').waitFor();
  await button('Import: 5 EUR, with our apologies').click();
  await dialogue().getByRole('textbox', { name: /^Codes/ }).fill('OLD-0001\nOLD-0002');
  await dialogue().getByRole('button', { name: 'Import' }).click();
  await said('New: 2. There already: 0. Wrong: 0');
  await row('OLD-0001').or(row('OLD0001')).first().waitFor();
  await isSound('codes of a campaign');
  const file = await saved(() => button('Export CSV').click());
  assert.equal(file.trim().split('\r\n').length, 6, file);

  await choose('State', 'used up');
  await page.waitForURL(/state=used/);
  await said('No code stands so');
  await choose('State', 'not used yet');
  await row('OLD-0001').or(row('OLD0001')).first().waitFor();
  assert.equal(await page.getByRole('table', { name: 'Codes' }).getByRole('row').count(), 6, 'all five, and the head');

  await page.getByLabel('Find a code').fill('old-0001');
  await button('Look it up').click();
  await page.waitForURL(/code=old-0001/);
  await button('Use').click();
  await dialogue().getByLabel('Member').fill('email:ana@example.com');
  await dialogue().getByLabel('Order').fill('R-9');
  await dialogue().getByRole('button', { name: 'Use' }).click();
  await said('It is done.');
  const code = page.getByRole('region', { name: 'Code old-0001' });
  await code.getByText('used up').waitFor();
  await code.getByRole('row').filter({ hasText: 'Used' }).getByText('Ana Silva').waitFor();
  await isSound('a code');
  await button('Undo the use').click();
  await dialogue().getByLabel('Reason').fill('the wrong order');
  await dialogue().getByRole('button', { name: 'Undo the use' }).click();
  await code.getByText('Use taken back').waitFor();
  await button('Give to a member').click();
  await dialogue().getByLabel('Member').fill('email:ben@example.com');
  await dialogue().getByRole('button', { name: 'Give to a member' }).click();
  await code.getByText('in a member’s hand').waitFor();
  await button('Make void').click();
  await dialogue().getByRole('button', { name: 'Make void' }).click();
  await code.getByText('void', { exact: true }).waitFor();
  await page.getByLabel('Find a code').fill('nothing-like-it');
  await button('Look it up').click();
  await page.getByRole('alert', { name: 'That did not work' }).waitFor();
  await isSound('a code that is not there');
});

test('partners: an entry is disputed, the dispute ends, and the period shows who pays whom', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Partners' }).click();
  await heading('Partners').waitFor();
  await row('Cinema North').first().waitFor();
  await page.getByRole('link', { name: 'Old Bakery' }).click();
  await heading('Statement of Old Bakery').waitFor();
  await page.getByRole('table', { name: 'Entries' }).getByRole('row').nth(1).waitFor();
  await isSound('a statement');
  await button('Dispute: bakery-till/B-ana').click();
  await dialogue().getByLabel('Reason').fill('this was not ours');
  await isSound('disputing');
  await dialogue().getByRole('button', { name: 'Book it' }).click();
  await said('It is booked.');
  const disputes = page.getByRole('table', { name: 'Open disputes' });
  await disputes.getByText('this was not ours').waitFor();
  await disputes.getByRole('button', { name: 'End the dispute' }).click();
  await dialogue().getByLabel('Reason').fill('it was');
  await dialogue().getByRole('button', { name: 'Book it' }).click();
  await disputes.waitFor({ state: 'detached' });
  await button('Correct something').click();
  await dialogue().getByLabel('Amount').fill('much');
  await dialogue().getByLabel('About').fill('bakery-till/B-ana');
  await dialogue().getByLabel('Reason').fill('a rebate');
  await dialogue().getByRole('button', { name: 'Book it' }).click();
  const wrong = dialogue().getByLabel('Amount');
  await dialogue().locator('[aria-invalid=true]').waitFor();
  await isSound('a field that the API does not take');
  await wrong.fill('0.20');
  await dialogue().getByRole('button', { name: 'Book it' }).click();
  await said('It is booked.');
  await page.getByRole('table', { name: 'Lines of the statement' }).getByText('Corrected').waitFor();
  await page.getByRole('table', { name: 'Payments' }).getByRole('row').filter({ hasText: 'Old Bakery' }).getByText('€1.00').waitFor();
});

test('groups: a company is founded, its people come in, change their role and leave', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Groups' }).click();
  await heading('Organisations and households').waitFor();
  await said('No groups yet');
  await isSound('no groups');
  await button('Found a group').click();
  await choose('Sort', 'company', dialogue());
  await dialogue().getByLabel('Name').fill('Optics Ltd');
  await dialogue().getByLabel('Number').fill('vat:DE123');
  await dialogue().getByLabel('Headed by').fill('email:ana@example.com');
  await dialogue().getByLabel('Account manager').fill('Mia');
  await isSound('founding');
  await dialogue().getByRole('button', { name: 'Found a group' }).click();
  await heading('Optics Ltd').waitFor();
  const people = page.getByRole('table', { name: 'People' });
  await people.getByRole('link', { name: 'Ana Silva' }).waitFor();
  await button('Invite').click();
  await dialogue().getByLabel('Member').fill('email:ben@example.com');
  await dialogue().getByLabel('Role').fill('buyer');
  await dialogue().getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('table', { name: 'Invited' }).getByRole('link', { name: 'Ben Okafor' }).waitFor();
  const group = page.url().split('/').at(-1);
  await shop.send('POST', `/v1/members/${shop.members.ben}/group`, { group });
  await page.reload();
  const ben = people.getByRole('row').filter({ hasText: 'Ben Okafor' });
  await ben.getByText('buyer').waitFor();
  await isSound('a group');
  await ben.getByRole('button', { name: /^Change role/ }).click();
  await dialogue().getByLabel('Role').fill('owner');
  await dialogue().getByRole('button', { name: 'Change role' }).click();
  await ben.getByText('owner').waitFor();
  await ben.getByRole('button', { name: /^Put out/ }).click();
  await dialogue().getByRole('button', { name: 'Put out' }).click();
  await ben.waitFor({ state: 'detached' });
  await button('Edit').click();
  await dialogue().getByLabel('Contract from').fill('2026-01-01');
  await dialogue().getByRole('button', { name: 'Edit' }).click();
  await said('from Jan 1, 2026');
  await open('/groups?manager=Mia');
  await page.getByRole('link', { name: 'Optics Ltd' }).waitFor();
  await isSound('groups of a manager');
});

test('memberships: a payment that did not come is told, and a member pauses', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Memberships' }).click();
  await heading('Memberships').waitFor();
  await choose('State', 'waits for the first payment');
  await page.waitForURL(/status=waiting/);
  await row('Clara Weiss').waitFor();
  assert.equal(await row('Ana Silva').count(), 0);
  await isSound('memberships');
  await row('Clara Weiss').getByRole('button', { name: /^No\. 1 is open/ }).click();
  await dialogue().getByRole('button', { name: 'It was paid' }).click();
  const asks = dialogue().filter({ hasText: 'Invoice 1' });
  await asks.getByLabel('Reference of the payment').fill('bank-1');
  await asks.getByRole('button', { name: 'It was paid' }).click();
  await said('It is put down.');
  await dialogue().getByText('paid', { exact: true }).waitFor();
  await isSound('invoices');
  await page.keyboard.press('Escape');
  await open('/memberships?status=active');
  await row('Clara Weiss').getByRole('checkbox').check();
  await row('Ben Okafor').getByRole('checkbox').check();
  await button('Pause').click();
  await dialogue().getByRole('button', { name: 'Pause' }).click();
  await said('Done: 2');
  await row('Clara Weiss').waitFor({ state: 'detached' });
  await open('/memberships?status=paused');
  await row('Clara Weiss').waitFor();
  await row('Ben Okafor').waitFor();
});

test('games: who leads, which prizes are left, and what proves a draw', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Games' }).click();
  await heading('Games').waitFor();
  await row('Three visits in a month').waitFor();
  await isSound('challenges');
  await page.getByRole('tab', { name: 'Leaderboards' }).click();
  await row('ana the great').getByText('1', { exact: true }).waitFor();
  await isSound('leaderboards');
  await page.getByRole('tab', { name: 'Games of chance' }).click();
  await row('A coffee machine').getByText('3 of 3 left').waitFor();
  await row('A coffee machine').getByText('0.5%').waitFor();
  await isSound('games of chance');
  await page.getByRole('tab', { name: 'Draws' }).click();
  await page.getByRole('region', { name: 'A weekend for two' }).getByText(/SHA-256/).waitFor();
  await page.getByRole('table', { name: 'What proves that nobody chose the numbers' }).getByText('not told yet').first().waitFor();
  await isSound('draws');
  await page.getByRole('tab', { name: 'Causes' }).click();
  await said('Nothing was given yet.');
  await page.waitForURL(/of=causes/);
});

test('reviews: points for many are proposed from a file, approved by another key, and undone', async () => {
  await open('/reviews?of=awards');
  await button('Award points to many').click();
  await dialogue().getByLabel('What for').fill('the anniversary');
  await dialogue().getByLabel('Rows').fill(`member,points,reason\n${shop.members.ana},10,anniversary\n${shop.members.ben},10,anniversary\n`);
  await isSound('proposing');
  await dialogue().getByRole('button', { name: 'Award points to many' }).click();
  await said('Proposed. A second person must approve it.');
  const card = page.getByRole('article', { name: 'the anniversary' });
  await card.waitFor();
  await card.getByRole('button', { name: 'Approve' }).click();
  await dialogue().getByRole('button', { name: 'Approve' }).click();
  await dialogue().getByRole('alert').waitFor();
  await dialogue().getByRole('button', { name: 'Cancel' }).click();
  // Somebody else signs in elsewhere and approves it.
  const second = await shop.send('POST', '/v1/keys', { name: 'second', scopes: ['adjust', 'read'] });
  const { items } = await shop.send('GET', '/v1/awards?state=proposed');
  const answer = await fetch(`${shop.listening}/v1/awards/${items[0].id}/approve`, { method: 'POST', headers: { Authorization: `Bearer ${second.secret}` } });
  assert.ok(answer.ok, await answer.text());
  await page.reload();
  await choose('State', 'Approved');
  await page.waitForURL(/state=approved/);
  await isSound('decided awards');
  await row('the anniversary').getByRole('button', { name: 'Undo' }).click();
  await dialogue().getByRole('button', { name: 'Undo' }).click();
  await said('It is undone.');
  await row('the anniversary').waitFor({ state: 'detached' });
});

test('a member: a claim is filed, a tier is given and taken away, an adjustment is undone', async () => {
  await open(`/members/${shop.members.dana}`);
  await heading('Dana Petrova').waitFor();
  await said('Towards regular: spend');
  await said(/to go · by/);
  await isSound('a member');
  await button('Service desk').click();
  await page.getByRole('menuitem', { name: 'File missing points' }).click();
  await dialogue().getByLabel('Order').fill('LOST-1');
  await dialogue().getByLabel('Bought on').fill(new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10));
  await dialogue().getByLabel('Total').fill('33.00');
  await isSound('filing');
  await dialogue().getByRole('button', { name: 'File missing points' }).click();
  await said('The claim waits under Reviews.');
  await button('Service desk').click();
  await page.getByRole('menuitem', { name: 'Give a tier' }).click();
  await choose('Tier', 'regular', dialogue());
  await dialogue().getByLabel('Reason').fill('a good friend');
  await dialogue().getByRole('button', { name: 'Give a tier' }).click();
  await said('The tier is given.');
  await button('Service desk').click();
  await page.getByRole('menuitem', { name: 'Take the given tier away' }).click();
  await dialogue().getByLabel('Reason').fill('a mistake');
  await dialogue().getByRole('button', { name: 'Take the given tier away' }).click();
  await said('It is taken away.');
  await button('Adjust points').click();
  await dialogue().getByLabel('How many').fill('7');
  await dialogue().getByLabel('Reason').fill('typed wrong');
  await dialogue().getByRole('button', { name: 'Adjust', exact: true }).click();
  const entry = page.getByRole('listitem').filter({ hasText: 'typed wrong' }).first();
  await entry.getByText('+7 beans').waitFor();
  await entry.getByRole('button', { name: 'Undo' }).click();
  await dialogue().getByLabel('Reason').fill('typed wrong before');
  await dialogue().getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('listitem').filter({ hasText: 'typed wrong before' }).getByText('-7 beans').waitFor();
  await open('/reviews?of=claims');
  await page.getByRole('article').filter({ hasText: 'LOST-1' }).waitFor();
});

test('a member: a reward is given for nothing, with a reason that stands in the ledger', async () => {
  await open(`/members/${shop.members.dana}`);
  await heading('Dana Petrova').waitFor();
  await button('Service desk').click();
  await page.getByRole('menuitem', { name: 'Give a reward', exact: true }).click();
  const give = dialogue().getByRole('button', { name: 'Give a reward' });
  await choose('Reward', 'A mug with a handle', dialogue());
  assert.ok(await give.isDisabled(), 'without a reason nothing is done');
  await dialogue().getByLabel('Good for days').fill('30');
  await dialogue().getByLabel('Reason').fill('she wrote us a reference');
  await isSound('giving a reward');
  await give.click();
  await said('The reward is given.');
  await page.getByRole('listitem').filter({ hasText: 'she wrote us a reference' }).first().waitFor();
  const balance = await shop.send('GET', `/v1/members/${shop.members.dana}/balance`);
  assert.ok(balance.vouchers.some((own) => own.reward === 'mug'), JSON.stringify(balance.vouchers));
  const trail = await shop.send('GET', '/v1/audit');
  assert.equal(trail.items.find((own) => own.act === 'create_reward_gift')?.why, 'she wrote us a reference');
});

test('advocates: the highest score first, and a segment made of them', async () => {
  await open('/advocates?least=1');
  await heading('Advocates').waitFor();
  const { items } = await shop.send('GET', '/v1/advocates?least=1&sort=score&limit=50');
  assert.ok(items.length > 1, 'there are some');
  const rows = page.getByRole('table', { name: 'Advocates' }).getByRole('row');
  await rows.nth(items.length).waitFor();
  for (const [at, own] of items.entries()) await rows.nth(at + 1).getByText(String(own.score), { exact: true }).first().waitFor();
  const scores = items.map((own) => own.score);
  assert.deepEqual(scores, [...scores].sort((one, other) => other - one));
  await isSound('advocates');
  await button('Make a segment of them').click();
  await dialogue().getByLabel('Name').fill('The panel');
  await isSound('a segment of advocates');
  await dialogue().getByRole('button', { name: 'Make a segment of them' }).click();
  await page.waitForURL(/segments\/advocates-1$/);
  await heading('The panel').waitFor();
  const made = await shop.send('GET', '/v1/segments/advocates-1');
  assert.equal(made.members, items.length);
  // A panel is invited by a survey: the segment can be asked.
  await shop.send('DELETE', '/v1/segments/advocates-1');
});

test('home: a figure says what it means, and what waits leads to where it is done', async () => {
  await shop.send('POST', '/v1/events', { type: 'reward_request', source: 'app', id: 's-9', member: shop.members.clara, reward: 'mug', commit: true, redemption: 's-9' });
  await open('/');
  await button('What is that? Liability').click();
  await dialogue().getByText(/What members hold/).waitFor();
  await isSound('what a figure means');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Rewards to be sent: 1' }).click();
  await row('Clara Weiss').waitFor();
});

test('in the dark, on a telephone and in every language each list is sound', async () => {
  const paths = ['/rewards', '/rewards?of=sent', '/coupons?coupon=sorry', '/partners?partner=bakery', '/groups', '/segments', '/advocates?least=1', '/offers', '/products', '/products?of=stores', '/memberships', '/games', '/games?of=draws', `/members/${shop.members.ana}`];
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const path of paths) {
    await open(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    await isSound(`${path} in the dark`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${path} is ${wider} px wider than the screen`);
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.emulateMedia({ colorScheme: 'light' });
  for (const [tag, title] of [['de', 'Prämien'], ['ru', 'Награды'], ['zh-Hans', '奖励'], ['zh-Hant', '獎勵'], ['en', 'Rewards']]) {
    await page.evaluate((tag) => localStorage.setItem('regulars.language', tag), tag);
    await open('/rewards');
    await heading(title).waitFor();
    for (const path of tag === 'en' ? [] : paths) {
      await open(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await isSound(`${path} in ${tag}`);
      const text = await page.locator('main').innerText();
      assert.doesNotMatch(text, /\b(rewards|coupons|games|groups|segments|partners|memberships|list|offer|sent|code|booked|plan_state|invoice|desk)\.[a-z_]+\b/, `${path} in ${tag} has a text that is missing`);
    }
  }
});
