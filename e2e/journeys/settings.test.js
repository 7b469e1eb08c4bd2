// The owner of a shop lets people in, gives them roles and keys, and sees what they did.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';

const PASSWORD = 'correct horse battery';

let shop;
let page;
const others = [];

before(async () => {
  shop = await start();
  page = shop.page;
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
});
after(async () => {
  await shop?.end();
});

const open = (path, on = page) => on.goto(`${shop.listening}/console${path}`);
const heading = (name, on = page) => on.getByRole('heading', { name, exact: true });
const said = (text, on = page) => on.getByText(text).first().waitFor();

async function isSound(where, on = page) {
  assert.deepEqual(await violations(on), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

/** A browser of somebody else. */
async function another() {
  const context = await shop.browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', reducedMotion: 'reduce' });
  context.setDefaultTimeout(15_000);
  others.push(context);
  return context.newPage();
}

/** Invites somebody by the page; the link. */
async function invite(name, email, role) {
  await open('/settings?of=people');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Name').fill(name);
  await dialogue.getByLabel('E-mail address').fill(email);
  await dialogue.getByRole('checkbox', { name: role }).check();
  await isSound(`inviting ${name}`);
  await dialogue.getByRole('button', { name: 'Invite', exact: true }).click();
  await said(`The invitation of ${name}`);
  const link = await page.locator('pre', { hasText: '#invitation=inv_' }).innerText();
  await dialogue.waitFor({ state: 'detached' });
  return link.trim();
}

async function comeIn(link) {
  const theirs = await another();
  await theirs.goto(link);
  await heading('Welcome', theirs).waitFor();
  assert.ok(!theirs.url().includes('inv_'), 'the invitation is taken out of the address');
  await isSound('an invitation', theirs);
  const come = theirs.getByRole('button', { name: 'Come in' });
  await theirs.getByLabel('New password').fill('short');
  assert.ok(await come.isDisabled());
  await theirs.getByLabel('New password').fill(PASSWORD);
  await come.click();
  return theirs;
}

let agent;

test('the owner invites an agent by a link that works once, and they come in', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Settings' }).click();
  await heading('Settings').waitFor();
  await said('No people yet');
  await isSound('no people');
  const link = await invite('Ada Agent', 'ada@example.com', 'Service agent');
  await isSound('an invitation that is shown');
  agent = await comeIn(link);
  await heading('Today at a glance', agent).waitFor();
  assert.equal(await agent.getByRole('link', { name: 'Settings' }).count(), 0, 'an agent has no settings');
  const second = await another();
  await second.goto(link);
  await second.getByLabel('New password').fill(PASSWORD);
  await second.getByRole('button', { name: 'Come in' }).click();
  await said('This invitation was taken up already', second);
  await page.reload();
  await page.getByRole('row', { name: /Ada Agent/ }).getByText('active').waitFor();
  await isSound('people');
});

test('an agent gives more points than they may: it waits, and a second person books it', async () => {
  await open('/members/customer:C-000003', agent);
  await agent.getByRole('button', { name: 'Adjust points' }).click();
  const dialogue = agent.getByRole('dialog');
  await dialogue.getByLabel('How many').fill('750');
  await dialogue.getByText('You adjust up to 500 points alone').waitFor();
  await dialogue.getByLabel('Reason').fill('a whole order was lost');
  await isSound('more than an agent may', agent);
  await dialogue.getByRole('button', { name: 'Adjust', exact: true }).click();
  await said('It waits for a second person.', agent);
  await open('/reviews?of=adjustments', agent);
  await agent.getByRole('article').getByRole('button', { name: 'Approve' }).click();
  await agent.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await agent.getByRole('alert').getByText('a second person must approve it').waitFor();

  await open('/reviews?of=adjustments');
  const held = page.getByRole('article');
  await held.getByText('a whole order was lost').waitFor();
  await isSound('an adjustment that waits');
  await held.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await said('No adjustment waits');
  const ledger = await ask(shop, 'GET', '/v1/members/customer:C-000003/ledger?limit=5');
  const text = JSON.stringify(ledger);
  assert.ok(text.includes('a whole order was lost') && text.includes('asked for by Ada Agent'));
});

test('a role of the shop is made, given with the keyboard alone, and taken away again', async () => {
  await open('/settings?of=roles');
  await page.getByRole('region', { name: 'Cashier' }).waitFor();
  await isSound('roles');
  await page.getByRole('button', { name: 'New role' }).focus();
  await page.keyboard.press('Enter');
  const dialogue = page.getByRole('dialog');
  const name = dialogue.getByLabel('Name');
  await name.waitFor();
  for (let times = 0; times < 8 && !(await name.evaluate((field) => field === document.activeElement)); times += 1) await page.keyboard.press('Tab');
  await page.keyboard.type('Night shift');
  await page.keyboard.press('Tab');
  await page.keyboard.type('night');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await isSound('a new role');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Night shift' }).waitFor();
  await page.getByRole('button', { name: 'Delete Night shift' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('region', { name: 'Night shift' }).waitFor({ state: 'detached' });
});

test('a key is shown once, used, and revoked', async () => {
  await open('/settings?of=keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Name').fill('warehouse');
  await isSound('a new key');
  await dialogue.getByRole('button', { name: 'Make the key' }).click();
  const secret = (await page.locator('pre', { hasText: /^reg_/ }).innerText()).trim();
  await isSound('a key that is shown');
  const used = await fetch(`${shop.listening}/v1/keys/current`, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal(used.status, 200);
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.reload();
  await page.getByRole('row', { name: /warehouse/ }).waitFor();
  assert.ok(!(await page.content()).includes(secret));
  await page.getByRole('button', { name: 'Revoke warehouse' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('row', { name: /warehouse/ }).getByText('revoked').waitFor();
  await isSound('keys');
  const refused = await fetch(`${shop.listening}/v1/keys/current`, { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal(refused.status, 401);
});

test('an endpoint is made, told, tried while it fails, and removed', async () => {
  const hooks = [];
  let status = 204;
  const receiver = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const hook = { signature: request.headers['webhook-signature'], body: JSON.parse(body) };
      hooks.push(hook);
      answer.writeHead(status).end();
      if (status < 300 && hook.body.data.entry?.id === 'hook-1') receiver.emit('taken');
    });
  });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${receiver.address().port}/hooks`;
    await open('/settings?of=webhooks');
    await said('Nobody is told yet');
    await isSound('no endpoints');
    await page.getByRole('button', { name: 'New endpoint' }).click();
    const dialogue = page.getByRole('dialog');
    await dialogue.getByLabel('Address').fill('ftp://shop.example/');
    await dialogue.getByRole('button', { name: 'Make the endpoint' }).click();
    await dialogue.getByText('must begin with https://').first().waitFor();
    await dialogue.getByLabel('Address').fill(url);
    await dialogue.getByLabel('Note').fill('the CRM');
    await isSound('a new endpoint');
    await dialogue.getByRole('button', { name: 'Make the endpoint' }).click();
    assert.match((await page.locator('pre', { hasText: /^whsec_/ }).innerText()).trim(), /^whsec_.{44}$/);
    await isSound('a secret that is shown');
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: `Test ${url}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Test', exact: true }).click();
    await said('It was taken.');
    assert.equal(hooks[0].body.type, 'test');
    status = 500;
    const bought = { type: 'purchase', source: 'till', id: 'hook-1', order: 'hook-1', customer: { kind: 'customer', value: 'C-000003' }, currency: 'EUR', total: '7.00' };
    await ask(shop, 'POST', '/v1/events', bought);
    await page.getByRole('button', { name: `Deliveries to ${url}` }).click();
    const troubles = page.getByRole('region', { name: `Deliveries to ${url}` });
    await troubles.getByText('hook-1').first().waitFor();
    await troubles.getByText('status 500').first().waitFor();
    await isSound('what did not go through');
    await open('/');
    await page.getByRole('link', { name: 'Webhooks that do not get through: 1' }).click();
    await page.getByRole('button', { name: `Deliveries to ${url}` }).click();
    await troubles.getByText('hook-1').first().waitFor();
    const taken = once(receiver, 'taken', { signal: AbortSignal.timeout(60_000) });
    status = 204;
    await page.getByRole('button', { name: `Pause ${url}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('row', { name: /the CRM/ }).getByText('paused').waitFor();
    await isSound('an endpoint that is paused');
    await page.getByRole('button', { name: `Have ${url} go on` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Go on', exact: true }).click();
    await troubles.getByText('Nothing that did not go through').waitFor();
    // Its failures are forgotten as soon as it may go on; the event itself comes a moment later.
    await taken;
    const told = hooks.filter((hook) => hook.body.data.entry?.id === 'hook-1');
    assert.ok(told.length >= 2 && told.every((hook) => hook.signature.startsWith('v1,')));
    await page.getByRole('button', { name: `Remove ${url}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await said('Nobody is told yet');
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

test('the shop gets a name, a colour and its languages', async () => {
  await open('/settings?of=shop');
  await page.getByLabel('Name', { exact: true }).fill('Corner Café');
  await page.getByLabel('Colour', { exact: true }).fill('#0b7285');
  await page.getByRole('checkbox', { name: 'Русский' }).uncheck();
  await isSound('the shop');
  await page.getByRole('button', { name: 'Save' }).click();
  await said('Saved.');
  await page.locator('header').getByText('Corner Café').waitFor();
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitem', { name: 'Deutsch' }).waitFor();
  assert.equal(await page.getByRole('menuitem', { name: 'Русский' }).count(), 0);
  await page.keyboard.press('Escape');
});

test('whoever is disabled is out at once', async () => {
  await open('/settings?of=people');
  await page.getByRole('button', { name: 'Disable Ada Agent' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
  await page.getByRole('row', { name: /Ada Agent/ }).getByText('disabled').waitFor();
  await open('/members', agent);
  await heading('Sign in', agent).waitFor();
  await said('To Corner Café', agent);
  await isSound('signing in as a person', agent);
  await agent.getByLabel('E-mail address').fill('ada@example.com');
  await agent.locator('input[autocomplete="current-password"]').fill(PASSWORD);
  await agent.getByRole('button', { name: 'Sign in as a person' }).click();
  await said('Nobody signs in with this address', agent);
  await page.getByRole('button', { name: 'Enable Ada Agent' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable', exact: true }).click();
  await page.getByRole('row', { name: /Ada Agent/ }).getByText('active').waitFor();
  await agent.getByRole('button', { name: 'Sign in as a person' }).click();
  await heading('Members', agent).waitFor();
});

test('who did what is found, exported and proved', async () => {
  await open('/settings?of=audit');
  await said('lines are as they were written');
  const lines = page.getByRole('list', { name: 'Who did what' }).getByRole('listitem');
  await lines.filter({ hasText: 'Approve an adjustment' }).first().waitFor();
  await isSound('the trail');
  await page.getByRole('combobox', { name: 'What' }).or(page.getByLabel('What', { exact: true })).first().fill('Revoke');
  await page.getByRole('option', { name: 'Revoke an API key' }).click();
  await lines.filter({ hasText: 'warehouse' }).first().waitFor();
  assert.match(page.url(), /act=delete_key/, 'the filter is kept in the address');
  assert.equal(await lines.count(), 1);
  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as CSV' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), 'audit.csv');
});

test('in the dark, on a telephone and in every language the settings are sound', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const part of ['people', 'roles', 'keys', 'shop', 'audit']) {
    await open(`/settings?of=${part}`);
    await heading('Settings').waitFor();
    await page.waitForLoadState('networkidle');
    await isSound(`${part} in the dark`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${part} is ${wider} px wider than the screen`);
  }
  for (const [tag, title] of Object.entries({ de: 'Einstellungen', 'zh-Hans': '设置', 'zh-Hant': '設定', en: 'Settings' })) {
    await page.evaluate((language) => window.localStorage.setItem('regulars.language', language), tag);
    await open('/settings?of=roles');
    await heading(title).waitFor();
    await isSound(`roles in ${tag}`);
  }
});
