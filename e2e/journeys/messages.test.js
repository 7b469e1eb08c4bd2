// What whoever writes to members does: a template looked at for a real member, a message to a segment that a real
// mail server takes, the log, a member who unsubscribes; then a welcome that goes by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, start, violations } from '../harness.js';
import { startMail } from '../smtp.js';

let mail;
let shop;
let page;

const MORE = `
[activity.newsletter]
consent = "keep"
`;

/** A member with an address, who allows letters or never said so. */
async function member(name, allows) {
  const email = `${name}@example.com`;
  const identities = [{ kind: 'email', value: email }];
  const made = await ask(shop, 'POST', '/v1/members', { identities, attributes: { name: `${name[0].toUpperCase()}${name.slice(1)} Test` } });
  const customer = { kind: 'email', value: email };
  await ask(shop, 'POST', '/v1/events', { type: 'purchase', source: 'till', id: `${name}-1`, order: `${name}-1`, customer, currency: 'EUR', total: '8.00' });
  if (allows) {
    const fields = { given: true, channel: 'till', origin: 'signed at the till', version: '1' };
    await ask(shop, 'POST', '/v1/events', { type: 'activity', source: 'till', id: `${name}-yes`, customer, name: 'newsletter', fields });
  }
  return made.member.id;
}

before(async () => {
  mail = await startMail();
  shop = await start({ mail });
  page = shop.page;
  const answer = await fetch(`${shop.listening}/v1/programs/1/text`, { headers: { Authorization: `Bearer ${shop.key}` } });
  await ask(shop, 'POST', '/v1/programs', (await answer.text()) + MORE);
  await ask(shop, 'PUT', '/v1/message-settings', {
    address: shop.listening,
    cap_most: 0,
    cap_days: 7,
    quiet_from: '',
    quiet_until: '',
    when_uncertain: 'leave',
    channels: { email: { consent: 'newsletter' } },
  });
  await member('mia', true);
  await member('noa', false);
  await ask(shop, 'POST', '/v1/segments', { id: 'few', name: 'Bought once lately', condition: 'orders_ever == 1 && days_as_member < 2' });
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
});
after(async () => {
  await shop?.end();
  await mail?.end();
});

const open = (path) => page.goto(`${shop.listening}/console${path}`);
const heading = (name) => page.getByRole('heading', { name, exact: true });
const dialogue = () => page.getByRole('dialog');
const row = (text) => page.getByRole('row').filter({ hasText: text });
const button = (name) => page.getByRole('button', { name, exact: true });
const said = (text) => page.getByText(text).first().waitFor();

async function isSound(where) {
  assert.deepEqual(await violations(page), [], where);
  assert.deepEqual(shop.complaints, [], where);
  if (process.env.REGULARS_SHOTS) await shots(where);
}

/** Pictures of a page, to be looked at: light, dark, and on a phone. */
async function shots(where) {
  const name = `${process.env.REGULARS_SHOTS}/${where.replaceAll(' ', '-')}`;
  await page.screenshot({ path: `${name}-light.png`, fullPage: true });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: `${name}-dark.png`, fullPage: true });
  await page.emulateMedia({ colorScheme: 'light' });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: `${name}-390.png`, fullPage: true });
  await page.setViewportSize(size);
}

/** Chooses from a field that opens a list. */
async function choose(label, option, within = page) {
  await within.getByRole('textbox', { name: label }).or(within.getByRole('combobox', { name: label })).first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('a template is written, and looked at for a real member', async () => {
  await open('/messages');
  await page.getByRole('tab', { name: 'Templates' }).click();
  await button('Write a template').click();
  await dialogue().getByRole('textbox', { name: 'Name' }).fill('News of the week');
  await dialogue().getByRole('textbox', { name: 'Id' }).fill('news');
  await dialogue().getByRole('textbox', { name: 'Subject' }).fill('For {first_name|you}');
  await dialogue().getByRole('textbox', { name: 'Text', exact: true }).fill('Hello {first_name|there}, you have {balance} beans.\n{unsubscribe_link}');
  await dialogue().getByRole('textbox', { name: 'Look at it as' }).fill('email:mia@example.com');
  await dialogue().getByRole('button', { name: 'Look', exact: true }).click();
  await dialogue().getByText('Hello Mia, you have').waitFor();
  await isSound('a template');
  await dialogue().getByRole('button', { name: 'Save' }).click();
  await row('News of the week').waitFor();
});

test('it is sent to a segment; the mail server has it, and the log says who did not get it and why', async () => {
  await page.getByRole('tab', { name: 'Sent' }).click();
  await button('Send a message').click();
  await choose('Template', 'News of the week', dialogue());
  await choose('To everybody in a segment', 'Bought once lately', dialogue());
  await isSound('sending');
  await dialogue().getByRole('button', { name: 'Send a message' }).click();
  const letter = await mail.letter('mia@example.com');
  assert.match(letter.head, /List-Unsubscribe-Post/);
  assert.match(letter.text, /Hello Mia, you have/);
  shop.letter = letter;
  await page.getByRole('link', { name: 'News of the week' }).click();
  await row('never allowed it').first().waitFor();
  await page.getByText('Noa Test').first().waitFor();
  await isSound('the log of a send');
});

test('she unsubscribes by the link, without signing in, and gets no more', async () => {
  const link = /http\S+\/unsubscribe\/\S+/.exec(shop.letter.text.replace(/=\r?\n/g, ''))[0];
  const other = await shop.context.newPage();
  await other.goto(link);
  await other.getByRole('button', { name: 'Unsubscribe' }).click();
  await other.getByText('You get no more such messages').waitFor();
  await other.close();
  const send = await ask(shop, 'POST', '/v1/sends', { template: 'news', channel: 'email', segment: 'few' });
  await open(`/messages/${send.id}`);
  await row('unsubscribed').first().waitFor();
});

test('a message to the inbox lies on her pages', async () => {
  await ask(shop, 'POST', '/v1/sends', { template: 'news', channel: 'inbox', member: 'email:mia@example.com' });
  const portal = await (await shop.browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  await portal.goto(`${shop.listening}/portal/demo/`);
  await portal.getByLabel('E-mail address').fill('mia@example.com');
  await portal.keyboard.press('Enter');
  const code = /\b(\d{6})\b/.exec((await mail.letter('mia@example.com')).text)[1];
  await portal.getByLabel('Code', { exact: true }).fill(code);
  await portal.getByRole('button', { name: 'Sign in' }).click();
  const terms = portal.getByLabel(/I accept the terms/);
  await terms.or(portal.getByRole('heading', { name: /^Hello/ })).first().waitFor();
  if (await terms.isVisible()) {
    await terms.check();
    await portal.getByRole('button', { name: /^(Join|Accept and go on)$/ }).click();
  }
  await portal.getByRole('heading', { name: /^Hello/ }).waitFor();
  await portal.goto(`${shop.listening}/portal/demo/#/inbox`);
  await portal.getByText('For Mia').first().waitFor();
  await portal.context().close();
});

test('a welcome of the library is tried over history and started; whoever joins gets its letter', async () => {
  await open('/');
  await page.getByRole('link', { name: 'Journeys' }).click();
  await heading('Journeys').waitFor();
  await page.getByText('There are no journeys yet').waitFor();
  await isSound('no journeys');
  await button('Make a journey').click();
  await choose('From the library', 'Welcome series', dialogue());
  const text = dialogue().getByRole('textbox', { name: 'The journey, in TOML' });
  const welcome = (await text.inputValue()).replace('hold_out = "10 %"', 'hold_out = "0 %"');
  await text.fill(welcome.replace('wait = "3 days"', 'wait = "3 moons"'));
  await dialogue().getByRole('button', { name: 'Make a journey' }).click();
  await dialogue().getByText(/`3 moons` is no length of time/).first().waitFor();
  await isSound('a wrong journey');
  await text.fill(welcome);
  await dialogue().getByRole('button', { name: 'Make a journey' }).click();
  await said('The journey is made.');
  await heading('Welcome').waitFor();
  await button('Try over the last 90 days').click();
  await page.getByText(/times somebody of/).waitFor();
  await isSound('a journey over history');
  await button('Start').click();
  await dialogue().getByRole('button', { name: 'Start' }).click();
  await page.getByText(/^Running/).first().waitFor();
  const id = await member('lea', true);
  const letter = await mail.letter('lea@example.com');
  assert.match(letter.head, /Subject: .*Welcome, Lea/);
  await page.reload();
  await page.getByText('1 message', { exact: true }).waitFor();
  await row('Lea Test').getByRole('button', { name: 'Show' }).click();
  await dialogue().getByText('came in').waitFor();
  await isSound('why somebody is where they are');
  await page.keyboard.press('Escape');
  await isSound('a journey that runs');
  const own = await ask(shop, 'GET', `/v1/journeys/welcome/members/${id}`);
  assert.equal(own.member.step, 'three-days');
  await button('Stop').click();
  await dialogue().getByRole('button', { name: 'Stop' }).click();
  await page.getByText(/^Stopped/).first().waitFor();
  await open('/journeys');
  await row('Welcome').getByText('Stopped').waitFor();
  await isSound('journeys');
});
