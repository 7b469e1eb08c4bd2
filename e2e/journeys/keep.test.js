// What keeps customers: products and what is recommended, what campaigns bring beside a control group, and letters
// that somebody has said they want.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, isSoundEverywhere, start } from '../harness.js';
import { startMail } from '../smtp.js';

let mail;
let shop;
let page;

before(async () => {
  mail = await startMail();
  shop = await start({ mail });
  page = shop.page;
  const answer = await fetch(`${shop.listening}/v1/programs/1/text`, { headers: { Authorization: `Bearer ${shop.key}` } });
  await send('POST', '/v1/programs', `${await answer.text()}\n[activity.newsletter]\nconsent = "keep"\n`);
  await send('PUT', '/v1/message-settings', {
    address: shop.listening,
    cap_most: 0,
    cap_days: 7,
    quiet_from: '',
    quiet_until: '',
    when_uncertain: 'leave',
    channels: { email: { consent: 'newsletter' } },
  });
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
});
after(async () => {
  await shop?.end();
  await mail?.end();
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

test('products come from a file; what goes together is recommended to a member on their pages', async () => {
  await open('/products');
  await heading('Products').waitFor();
  await isSound('no products');
  const csv = 'id,name,category,price\nbeans-1,House beans,coffee,12.00\nfilter-1,Paper filters,tools,4.00\nmug-1,,tools,9.00\n';
  await page.locator('input[type=file]').setInputFiles({ name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByText('Taken: 2. Left out: 1.').waitFor();
  await page.getByText(/^Line 4: /).waitFor();
  await isSound('products from a file');
  await page.getByRole('searchbox').or(page.getByRole('textbox', { name: /find/i })).first().fill('filter');
  await row('Paper filters').waitFor();
  await row('House beans').waitFor({ state: 'detached' });

  const line = (sku, amount) => ({ sku, category: 'coffee', amount });
  for (let no = 0; no < 12; no += 1) {
    const customer = { kind: 'email', value: `buyer-${no}@example.com` };
    const lines = [line('beans-1', '12.00'), line('filter-1', '4.00')];
    await send('POST', '/v1/events', { type: 'purchase', source: 'till', id: `P-${no}`, order: `P-${no}`, customer, currency: 'EUR', lines });
  }
  await member('Rosa Lind', 'rosa@example.com');
  const customer = { kind: 'email', value: 'rosa@example.com' };
  await send('POST', '/v1/events', { type: 'purchase', source: 'till', id: 'P-rosa', order: 'P-rosa', customer, currency: 'EUR', lines: [line('beans-1', '12.00')] });
  const job = await send('POST', '/v1/jobs', { what: 'recommendations' });
  for (;;) {
    const now = await send('GET', `/v1/jobs/${job.id}`);
    if (now.state === 'done') break;
    assert.equal(now.state, 'running', now.problem);
    await new Promise((go) => setTimeout(go, 200));
  }
  const portal = await (await shop.browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' })).newPage();
  await portal.goto(`${shop.listening}/portal/demo/`);
  await portal.getByLabel('E-mail address').fill('rosa@example.com');
  await portal.keyboard.press('Enter');
  const code = /\b(\d{6})\b/.exec((await mail.letter('rosa@example.com')).text)[1];
  await portal.getByLabel('Code', { exact: true }).fill(code);
  await portal.getByRole('button', { name: 'Sign in' }).click();
  const terms = portal.getByLabel(/I accept the terms/);
  await terms.or(portal.getByRole('heading', { name: /^Hello/ })).first().waitFor();
  if (await terms.isVisible()) {
    await terms.check();
    await portal.getByRole('button', { name: /^(Join|Accept and go on)$/ }).click();
  }
  await portal.getByText('Paper filters').waitFor();
  await portal.getByText('Others who bought House beans chose it').waitFor();
  await isSound('what is recommended', portal);
  await portal.context().close();
});

test('a control group is drawn; a journey says what it brought, or why it cannot say', async () => {
  await open('/journeys');
  await heading('Control group of the whole program').waitFor();
  await page.getByText('Nobody is in it').waitFor();
  await button('Draw the control group').click();
  await dialogue().getByRole('textbox', { name: 'Members, in a hundred' }).fill('10');
  await isSound('drawing a control group');
  await button('Draw', dialogue()).click();
  await said('The control group is drawn.');
  await page.getByText(/^10 % by the draw/).waitFor();
  await isSound('a control group');
  const inIt = (await send('GET', '/v1/members?limit=200')).items.map((own) => own.id);
  let held;
  for (const id of inIt) {
    if ((await send('GET', `/v1/members/${id}/control-group`)).in_it) held = held ?? id;
  }
  assert.ok(held, 'a tenth of two hundred is somebody');
  await open(`/members/${held}`);
  await page.getByText(/^In the control group since/).waitFor();
  await isSound('a member in the control group');

  await open('/journeys');
  await button('Make a journey').click();
  await dialogue().getByRole('combobox', { name: 'From the library' }).or(dialogue().getByRole('textbox', { name: 'From the library' })).first().click();
  await page.getByRole('option', { name: 'Unannounced thank-you' }).click();
  await button('Make a journey', dialogue()).click();
  await said('The journey is made.');
  await button('Start').click();
  await button('Start', dialogue()).click();
  await heading('What it brought').waitFor();
  await isSound('what a journey brought');
});

test('who allows letters gets one with a link, and no other before the button behind it was pressed', async () => {
  await open('/messages');
  await page.getByRole('tab', { name: 'Settings' }).click();
  await button('Change').click();
  await dialogue().getByRole('checkbox', { name: 'Letters are confirmed' }).check();
  await isSound('letters that are confirmed');
  await button('Save', dialogue()).click();
  await row('Letters are confirmed').getByText('by a link').waitFor();

  const id = await member('Tove Berg', 'tove@example.com');
  const fields = { given: true, channel: 'till', origin: 'signed at the till', version: '1' };
  await send('POST', '/v1/events', { type: 'activity', source: 'till', id: 'tove-yes', member: id, name: 'newsletter', fields });
  const letter = await mail.letter('tove@example.com');
  assert.match(letter.head, /please confirm/);
  await open(`/members/${id}`);
  await page.getByText('asked for, not confirmed').waitFor();
  await isSound('a consent to confirm');
  const words = { en: { subject: 'News', text: 'News. {unsubscribe_link}' } };
  await send('PUT', '/v1/templates/news', { name: 'News', language: 'en', words });
  const first = await send('POST', '/v1/sends', { template: 'news', channel: 'email', member: id });
  await open(`/messages/${first.id}`);
  await row('has not confirmed it yet').first().waitFor();

  const link = /http\S+\/confirm\/[^\s"<]+/.exec(letter.text.replace(/=\r?\n/g, ''))[0];
  const other = await shop.context.newPage();
  await other.goto(link);
  await other.getByText('Do you want messages from').waitFor();
  await isSound('confirming', other);
  await other.getByRole('button', { name: 'Yes, I want them' }).click();
  await other.getByText('Thank you.').waitFor();
  await isSound('confirmed', other);
  await other.goto(`${shop.listening}/confirm/half-a-link`);
  await other.getByText('This link is not complete').waitFor();
  await other.close();
  await send('POST', '/v1/sends', { template: 'news', channel: 'email', member: id });
  assert.match((await mail.letter('tove@example.com')).text, /News\./);
});
