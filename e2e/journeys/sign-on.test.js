// Somebody signs in with the shop's own sign-on: a real provider of OpenID Connect, on this machine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Provider } from 'oidc-provider';
import { ask, start, violations } from '../harness.js';

const SECRET = 'a-secret-of-the-two';
/** Who is known to the provider: by what they type there. */
const KNOWN = {
  mia: { email: 'mia@example.com', email_verified: true },
  eve: { email: 'eve@example.com', email_verified: true },
  sly: { email: 'mia@example.com', email_verified: false },
};

let shop;
let page;
let listener;
let issuer;

async function provide(back) {
  // The port is known first: the provider is called by its address.
  const { createServer } = await import('node:http');
  listener = createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${listener.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'regulars', client_secret: SECRET, redirect_uris: [back], grant_types: ['authorization_code'], response_types: ['code'] }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...KNOWN[id] }) }),
    cookies: { keys: ['of this test alone'] },
    features: { devInteractions: { enabled: true } },
  });
  listener.on('request', provider.callback());
}

before(async () => {
  shop = await start();
  page = shop.page;
  await provide(`${shop.listening}/v1/sign-on/callback`);
  await ask(shop, 'POST', '/v1/people', { email: 'mia@example.com', name: 'Mia Brandt', roles: ['analyst'] });
});
after(async () => {
  await shop?.end();
  listener?.closeAllConnections();
  await new Promise((resolve) => (listener ? listener.close(resolve) : resolve()));
});

const heading = (name) => page.getByRole('heading', { name, exact: true });

/** From the first page to the provider, as somebody. */
async function as(who) {
  await shop.context.clearCookies();
  await page.goto(`${shop.listening}/console/`);
  await page.getByRole('link', { name: 'Sign in with Café staff' }).click();
  await page.locator('input[name="login"]').fill(who);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('the owner names the provider, and its secret is never told again', async () => {
  await page.goto(shop.sign_in);
  await heading('Today at a glance').waitFor();
  await page.goto(`${shop.listening}/console/settings?of=shop`);
  await page.getByRole('switch', { name: 'People sign in with our own provider' }).check();
  await page.getByLabel('What people call it').fill('Café staff');
  await page.getByLabel('Address (issuer)').fill(issuer);
  await page.getByLabel('Client id').fill('regulars');
  await page.getByLabel('Client secret').fill(SECRET);
  await page.getByText(`${shop.listening}/v1/sign-on/callback`).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').first().waitFor();
  await page.reload();
  await page.getByText('One is known. Left empty, it stays.').waitFor();
  assert.ok(!JSON.stringify(await ask(shop, 'GET', '/v1/settings')).includes(SECRET));
});

test('somebody who was invited comes in, with what their role may', async () => {
  await as('mia');
  await heading('Today at a glance').waitFor();
  assert.ok(page.url().startsWith(`${shop.listening}/console/`) && !page.url().includes('code='));
  const cookies = await shop.context.cookies(`${shop.listening}/v1/`);
  const session = cookies.find((own) => own.name === 'regulars_session');
  assert.ok(session.httpOnly && session.sameSite === 'Strict');
  const signOn = await shop.context.cookies(`${shop.listening}/v1/sign-on/callback`);
  assert.ok(!signOn.some((own) => own.name === 'regulars_sign_on'), 'what was under way is over');
  await page.getByRole('button', { name: 'Signed in as Mia Brandt' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Settings' }).count(), 0);
  const trail = await ask(shop, 'GET', '/v1/audit?act=sign_on');
  assert.equal(trail.items[0].name, 'Mia Brandt');
});

test('whom nobody invited, and for whose address nobody vouches, stays outside and is told why', async () => {
  await as('eve');
  await page.getByText('Nobody of this address was invited here').waitFor();
  assert.deepEqual(await violations(page), []);
  await as('sly');
  await page.getByText('The sign-on does not vouch for an e-mail address').waitFor();
});

test('an answer that somebody else began is not taken', async () => {
  await shop.context.clearCookies();
  await page.goto(`${shop.listening}/v1/sign-on/callback?code=stolen&state=made-up`);
  await page.getByText('Signing in broke off').waitFor();
  const { shops } = await ask(shop, 'GET', '/v1/front-door');
  const begun = await fetch(`${shop.listening}/v1/sign-on/${shops[0].tenant}`, { redirect: 'manual' });
  const to = new URL(begun.headers.get('location'));
  assert.equal(to.origin, issuer);
  for (const part of ['state', 'nonce', 'code_challenge']) assert.ok(to.searchParams.get(part).length >= 40, part);
  assert.equal(to.searchParams.get('code_challenge_method'), 'S256');
});
