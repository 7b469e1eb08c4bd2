// How people come in: codes of a telephone, passkeys, a shop that asks for more than a password, and one's own sessions.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { start, violations } from '../harness.js';

const PASSWORD = 'correct horse battery';
let shop;
let page;
const others = [];

before(async () => {
  shop = await start();
  // Passkeys are for names, and not for addresses of numbers.
  shop.listening = shop.listening.replace('127.0.0.1', 'localhost');
  page = shop.page;
  await page.goto(shop.sign_in.replace('127.0.0.1', 'localhost'));
  await heading('Today at a glance').waitFor();
});
after(async () => {
  for (const context of others) await context.close();
  await shop?.end();
});

const open = (path, on = page) => on.goto(`${shop.listening}/console${path}`);
const heading = (name, on = page) => on.getByRole('heading', { name, exact: true });
const button = (name, on = page) => on.getByRole('button', { name, exact: true });
const said = (text, on = page) => on.getByText(text).first().waitFor();

async function isSound(where, on = page) {
  assert.deepEqual(await violations(on), [], where);
  assert.deepEqual(shop.complaints, [], where);
}

async function another() {
  const context = await shop.browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB', reducedMotion: 'reduce' });
  context.setDefaultTimeout(15_000);
  others.push(context);
  return context.newPage();
}

/** The code that a telephone shows, `ahead` steps of thirty seconds from now. */
function code(secret, ahead = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const tag = createHmac('sha1', key).update(count).digest();
  const begins = tag[19] & 15;
  return String((tag.readUInt32BE(begins) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function invite(name, email) {
  await open('/settings?of=people');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Name').fill(name);
  await dialogue.getByLabel('E-mail address').fill(email);
  await dialogue.getByRole('checkbox', { name: 'Service agent' }).check();
  await button('Invite', dialogue).click();
  await said(`The invitation of ${name}`);
  const link = await page.locator('pre', { hasText: '#invitation=inv_' }).innerText();
  await dialogue.waitFor({ state: 'detached' });
  return link.trim();
}

async function comeIn(link) {
  const theirs = await another();
  await theirs.goto(link);
  await theirs.getByLabel('New password').fill(PASSWORD);
  await button('Come in', theirs).click();
  return theirs;
}

async function signOut(on) {
  await on.getByRole('button', { name: /^Signed in as/ }).click();
  await on.getByRole('menuitem', { name: 'Sign out' }).click();
  await heading('Sign in', on).waitFor();
}

async function byPassword(on, email) {
  await on.getByLabel('E-mail address').fill(email);
  await on.locator('input[autocomplete="current-password"]').fill(PASSWORD);
  await button('Sign in as a person', on).click();
}

/** An authenticator that a browser has built in, whose owner is there and proves it. */
async function authenticator(on) {
  const devtools = await on.context().newCDPSession(on);
  await devtools.send('WebAuthn.enable', { enableUI: false });
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return {
    verified: (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    credentials: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

let ada;
let secret;
let recovery;

test('somebody turns codes of their telephone on, and keeps the recovery codes', async () => {
  ada = await comeIn(await invite('Ada Agent', 'ada@example.com'));
  await heading('Today at a glance', ada).waitFor();
  await ada.getByRole('button', { name: /^Signed in as/ }).click();
  await ada.getByRole('menuitem', { name: 'How I sign in' }).click();
  await heading('How I sign in', ada).waitFor();
  await button('Set up codes', ada).waitFor();
  await isSound('nothing is set up', ada);
  await button('Set up codes', ada).click();
  const dialogue = ada.getByRole('dialog');
  await dialogue.getByRole('img', { name: 'The secret as a picture' }).waitFor();
  secret = await dialogue.locator('code').innerText();
  assert.match(secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  await isSound('the secret', ada);
  await dialogue.getByLabel('The code that it shows').fill('000000');
  await button('Turn on', dialogue).click();
  await dialogue.getByText('This code is not right').waitFor();
  await dialogue.getByLabel('The code that it shows').fill(code(secret));
  await button('Turn on', dialogue).click();
  await said('Your recovery codes', ada);
  recovery = (await ada.locator('pre').innerText()).trim().split('\n');
  assert.equal(recovery.length, 10);
  await isSound('recovery codes', ada);
  await button('I have kept them', ada).click();
  await said('10 recovery codes are left.', ada);
  await ada.reload();
  await said('10 recovery codes are left.', ada);
  assert.ok(!(await ada.content()).includes(recovery[0]));
});

test('the password alone lets nobody in: a code does, once', async () => {
  await signOut(ada);
  await byPassword(ada, 'ada@example.com');
  await heading('One more step', ada).waitFor();
  await isSound('a step', ada);
  const second = await ada.context().newPage();
  await open('/members', second);
  await heading('Sign in', second).waitFor();
  await second.close();
  await ada.getByLabel('Code').fill(recovery[0].toUpperCase());
  await button('Come in', ada).click();
  await heading('How I sign in', ada).waitFor();
  await said('9 recovery codes are left.', ada);
  await signOut(ada);
  await byPassword(ada, 'ada@example.com');
  await ada.getByLabel('Code').fill(recovery[0]);
  await button('Come in', ada).click();
  await said('This code is not right, or was used already.', ada);
  await isSound('a code that was used', ada);
  // The one before turned codes on: the next one counts already.
  await ada.getByLabel('Code').fill(code(secret, 1));
  await button('Come in', ada).click();
  await heading('How I sign in', ada).waitFor();
});

test('a passkey is made, lets its owner in without a password, and is removed', async () => {
  const own = await authenticator(ada);
  await button('Add a passkey', ada).click();
  const dialogue = ada.getByRole('dialog');
  await dialogue.getByLabel('Name').fill('My laptop');
  await isSound('a new passkey', ada);
  await button('Make the passkey', dialogue).click();
  await ada.getByRole('row', { name: /My laptop/ }).waitFor();
  const [kept] = await own.credentials();
  assert.equal(kept.rpId, 'localhost');
  await isSound('passkeys', ada);
  await signOut(ada);
  await isSound('signing in with passkeys', ada);
  // Whoever does not prove who they are is not let in.
  await own.verified(false);
  await button('With a passkey', ada).click();
  await said('No passkey was shown.', ada);
  await own.verified(true);
  await button('With a passkey', ada).click();
  await heading('How I sign in', ada).waitFor();
  const row = ada.getByRole('row', { name: /My laptop/ });
  await row.getByText(/\d{1,2}:\d{2}/).waitFor();
  // Beside the password it is the second factor.
  await signOut(ada);
  await byPassword(ada, 'ada@example.com');
  await heading('One more step', ada).waitFor();
  await button('With a passkey', ada).click();
  await heading('How I sign in', ada).waitFor();
  await button('Remove My laptop', ada).click();
  await button('Remove', ada.getByRole('dialog')).click();
  await row.waitFor({ state: 'detached' });
  await signOut(ada);
  await button('With a passkey', ada).click();
  await said('Nobody comes in by this passkey', ada);
  await isSound('a passkey that was removed', ada);
});

test('one sees where one is signed in, and ends it there', async () => {
  const other = await another();
  for (const on of [ada, other]) {
    await open('/', on);
    await heading('Sign in', on).waitFor();
    await byPassword(on, 'ada@example.com');
    await on.getByLabel('Code').fill(recovery[on === ada ? 1 : 2]);
    await button('Come in', on).click();
    await heading('Today at a glance', on).waitFor();
  }
  await open('/oneself', ada);
  const sessions = ada.getByRole('region', { name: 'Where you are signed in' });
  await sessions.getByText('This one').waitFor();
  await isSound('sessions', ada);
  await button('End all others', sessions).click();
  await button('End', ada.getByRole('dialog')).click();
  await said('It is over.', ada);
  await sessions.getByRole('button', { name: /^End/ }).first().waitFor({ state: 'detached' });
  await open('/members', other);
  await heading('Sign in', other).waitFor();
});

test('a shop asks everybody for a second factor, and whoever has none sets it up', async () => {
  await open('/settings?of=shop');
  await page.getByRole('switch', { name: 'Ask everybody for a second factor' }).check();
  await page.getByLabel('Minutes without use after which a session ends').fill('60');
  await isSound('what a shop asks for');
  await button('Save').click();
  await said('Saved.');
  const kim = await comeIn(await invite('Kim Keen', 'kim@example.com'));
  await heading('Set up a second factor', kim).waitFor();
  await isSound('a second factor is asked for', kim);
  await authenticator(kim);
  await button('Add a passkey', kim).click();
  await kim.getByLabel('Name').fill('Kim’s telephone');
  await button('Make the passkey', kim).click();
  await said('Your recovery codes', kim);
  await isSound('what was set up', kim);
  await button('I have kept them', kim).click();
  await heading('Today at a glance', kim).waitFor();
});

test('an administrator takes a second factor off who lost it, and it stands in the trail', async () => {
  await open('/settings?of=people');
  await isSound('people with a second factor');
  await button('Second factor lost: Ada Agent').click();
  await isSound('taking it off');
  await button('Take it off', page.getByRole('dialog')).click();
  await button('Second factor lost: Ada Agent').waitFor({ state: 'detached' });
  await open('/members', ada);
  await heading('Sign in', ada).waitFor();
  await byPassword(ada, 'ada@example.com');
  await heading('Set up a second factor', ada).waitFor();
  await open('/settings?of=audit');
  const lines = page.getByRole('list', { name: 'Who did what' }).getByRole('listitem');
  await lines.filter({ hasText: 'Take the second factor off a person' }).first().waitFor();
});

test('another key takes the place of one, and the old one is taken a while longer', async () => {
  await open('/settings?of=keys');
  await button('New key').click();
  const dialogue = page.getByRole('dialog');
  await dialogue.getByLabel('Name').fill('warehouse');
  await dialogue.getByLabel('Rate').fill('3/3');
  await isSound('a key with a rate');
  await button('Make the key', dialogue).click();
  const old = (await page.locator('pre', { hasText: /^reg_/ }).innerText()).trim();
  await button('I have it').click();
  await button('Replace warehouse').click();
  await isSound('a key that is replaced');
  await button('Make the new key', page.getByRole('dialog')).click();
  const made = page.locator('pre', { hasText: /^reg_/ });
  const next = (await made.innerText()).trim();
  assert.notEqual(next, old);
  const ask = (key) => fetch(`${shop.listening}/v1/keys/current`, { headers: { Authorization: `Bearer ${key}` } });
  const answers = [];
  for (let times = 0; times < 8; times += 1) answers.push(await ask(next));
  assert.equal(answers[0].status, 200);
  assert.equal(answers[0].headers.get('ratelimit-policy'), '"own";q=3;w=1');
  const refused = answers.find((answer) => answer.status === 429);
  assert.ok(refused, 'eight at once are more than three');
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal((await ask(old)).status, 200);
});

test('in the dark, on a telephone and in every language the page is sound', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  for (const [tag, title] of Object.entries({ de: 'Wie ich mich anmelde', ru: 'Как я вхожу', 'zh-Hans': '我的登录方式', 'zh-Hant': '我的登入方式', en: 'How I sign in' })) {
    await page.evaluate((language) => window.localStorage.setItem('regulars.language', language), tag);
    await open('/oneself');
    await heading(title).waitFor();
    await page.waitForLoadState('networkidle');
    await isSound(`one's own page in ${tag}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `the page is ${wider} px wider than the screen`);
  }
});
