// A shop, and Regulars beside it: a customer orders and has points, turns them into a coupon that the shop takes,
// and what is paid back takes the points back. Both are real, on this machine alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, openShop } from './shop';

process.env.VENDURE_DISABLE_TELEMETRY = 'true';

const here = resolve(__dirname, '../..');
const EMAIL = 'ana@example.com';

function regulars(): string {
  const target = process.env.CARGO_TARGET_DIR ?? resolve(here, '../../target');
  const found = process.env.REGULARS_BIN ?? ['release', 'debug'].map((kind) => join(target, kind, 'regulars')).find(existsSync);
  if (!found) throw new Error('no server is built: run cargo build -p regulars-cli, or set REGULARS_BIN');
  return found;
}

/** The server of points, with the program in force, a connector, and a key for the shop. */
async function openServer(folder: string) {
  const args = ['--json', 'serve', '--listen', '127.0.0.1:0', '--database', join(folder, 'points.db')];
  const child: ChildProcess = spawn(regulars(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const hello = await new Promise<{ listening: string; key: string }>((ready, failed) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{') && line.includes('"listening"')) ready(JSON.parse(line));
    });
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  const url = hello.listening.startsWith('http') ? hello.listening : `http://${hello.listening}`;
  const ask = async (method: string, path: string, body?: unknown, type = 'application/json', once?: string) => {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${hello.key}`, 'content-type': type, ...(once ? { 'idempotency-key': once } : {}) },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  await ask('POST', '/v1/programs', readFileSync(join(here, 'test/program.toml'), 'utf8'), 'application/toml');
  const connector = await ask('POST', '/v1/connectors', { platform: 'vendure', currency: 'EUR' });
  const key = await ask('POST', '/v1/keys', { name: 'the shop', scopes: ['read', 'redeem'] });
  const end = async () => {
    const gone = new Promise((over) => child.on('exit', over));
    child.removeAllListeners('exit').on('exit', () => undefined);
    const over = new Promise((done) => child.once('close', done));
    child.kill('SIGTERM');
    await Promise.race([gone, over]);
  };
  return { url, ask, connector, key: key.secret as string, end };
}

/** Waits until something is so: what a shop tells comes after it was done. */
async function until<T>(what: string, is: () => Promise<T>, right: (found: T) => boolean): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await is();
    if (right(found)) return found;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(found)}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

type Order = { id: string; code: string; state: string; totalWithTax: number; couponCodes: string[] };
const ORDER = '... on Order { id code state totalWithTax couponCodes } ... on ErrorResult { errorCode message }';

/** Buys some keyboards. */
async function buy(shop: Client, quantity: number, coupon?: string): Promise<Order> {
  const { products } = await shop.ask<{ products: { items: { variants: { id: string }[] }[] } }>('{ products { items { variants { id } } } }');
  const variant = products.items[0].variants[0].id;
  await shop.ask(`mutation ($id: ID!, $quantity: Int!) { addItemToOrder(productVariantId: $id, quantity: $quantity) { ${ORDER} } }`, { id: variant, quantity });
  if (coupon) {
    const { applyCouponCode } = await shop.ask<{ applyCouponCode: Order }>(`mutation ($code: String!) { applyCouponCode(couponCode: $code) { ${ORDER} } }`, { code: coupon });
    assert.deepEqual(applyCouponCode.couponCodes, [coupon]);
  }
  const address = { fullName: 'Ana', streetLine1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', countryCode: 'DE' };
  await shop.ask(`mutation ($input: CreateAddressInput!) { setOrderShippingAddress(input: $input) { ${ORDER} } }`, { input: address });
  const { eligibleShippingMethods } = await shop.ask<{ eligibleShippingMethods: { id: string }[] }>('{ eligibleShippingMethods { id } }');
  await shop.ask(`mutation ($ids: [ID!]!) { setOrderShippingMethod(shippingMethodId: $ids) { ${ORDER} } }`, { ids: [eligibleShippingMethods[0].id] });
  await shop.ask(`mutation { transitionOrderToState(state: "ArrangingPayment") { ${ORDER} } }`);
  const paid = await shop.ask<{ addPaymentToOrder: Order }>(
    `mutation { addPaymentToOrder(input: { method: "standard", metadata: {} }) { ${ORDER} } }`,
  );
  assert.equal(paid.addPaymentToOrder.state, 'PaymentSettled', JSON.stringify(paid));
  return paid.addPaymentToOrder;
}

test('orders give points, rewards become coupons, refunds take points back', { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-vendure-'));
  const server = await openServer(folder);
  let end: (() => Promise<void>) | undefined;
  try {
    const member = await server.ask('POST', '/v1/members', { identities: [{ kind: 'email', value: EMAIL }] }, 'application/json', 'join-1');
    const beans = async (): Promise<number> => {
      const balance = await server.ask('GET', `/v1/members/${member.member.id}/balance`);
      return Number(balance.points.find((own: { points: string }) => own.points === 'beans')?.available ?? 0);
    };
    const opened = await openShop(folder, { url: server.url, path: server.connector.path, secret: server.connector.secret, key: server.key });
    end = opened.end;
    const admin = opened.admin();
    await admin.ask('mutation { login(username: "superadmin", password: "superadmin") { ... on ErrorResult { message } } }');
    // Prices with tax, in euros: what is off is off what the customer pays.
    const { channels } = await admin.ask<{ channels: { items: { id: string }[] } }>('{ channels { items { id } } }');
    await admin.ask(
      'mutation ($id: ID!) { updateChannel(input: { id: $id, pricesIncludeTax: true, defaultCurrencyCode: EUR, availableCurrencyCodes: [EUR] }) { ... on ErrorResult { message } } }',
      { id: channels.items[0].id },
    );
    const { productVariants } = await admin.ask<{ productVariants: { items: { id: string }[] } }>('{ productVariants { items { id } } }');
    await admin.ask('mutation ($input: [UpdateProductVariantInput!]!) { updateProductVariants(input: $input) { id } }', {
      input: productVariants.items.map(({ id }) => ({ id, prices: [{ currencyCode: 'EUR', price: 6000 }] })),
    });
    const shop = opened.shop();
    await shop.ask('mutation ($input: RegisterCustomerInput!) { registerCustomerAccount(input: $input) { ... on ErrorResult { message } } }', {
      input: { emailAddress: EMAIL, firstName: 'Ana', lastName: 'B', password: 'a-long-password' },
    });
    await shop.ask('mutation ($name: String!, $word: String!) { login(username: $name, password: $word) { ... on ErrorResult { message } } }', { name: EMAIL, word: 'a-long-password' });

    // Points appear: two keyboards for 60.00 each, 1 point for each euro of goods.
    const first = await buy(shop, 2);
    await until('points of the first order', beans, (own) => own === 120);

    // A reward becomes a coupon that the shop takes: the points are set aside, then used by the order.
    const { loyalty } = await shop.ask<{ loyalty: { points: string; available: string }[] }>('{ loyalty { points available } }');
    assert.equal(Number(loyalty.find((own) => own.points === 'beans')?.available), 120);
    const { redeemReward } = await shop.ask<{ redeemReward: { code: string } }>('mutation { redeemReward(reward: "five-off") { code until } }');
    assert.match(redeemReward.code, /^RG-/);
    assert.equal(await beans(), 70);
    const second = await buy(shop, 1, redeemReward.code);
    assert.equal(first.totalWithTax / 2 - second.totalWithTax > 0, true);
    await until('points of the second order', beans, (own) => own === 125);
    const redemptions = JSON.stringify(await server.ask('GET', `/v1/members/${member.member.id}/redemptions`));
    assert.ok(redemptions.includes(redeemReward.code) && redemptions.includes('committed'), redemptions);
    // It is good once.
    await assert.rejects(buy(opened.shop(), 1, redeemReward.code));

    // A refund takes points back: half of the first order.
    const { order } = await admin.ask<{ order: { payments: { id: string }[]; lines: { id: string }[] } }>('query ($id: ID!) { order(id: $id) { payments { id } lines { id } } }', { id: first.id });
    const refunded = await admin.ask<{ refundOrder: { state?: string; message?: string; id: string } }>(
      'mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { ... on Refund { id state total } ... on ErrorResult { message } } }',
      { input: { lines: [{ orderLineId: order.lines[0].id, quantity: 1 }], shipping: 0, adjustment: 0, paymentId: order.payments[0].id, reason: 'too loud' } },
    );
    assert.equal(refunded.refundOrder.state, 'Pending', JSON.stringify(refunded));
    // It counts once the money is back.
    await admin.ask('mutation ($id: ID!) { settleRefund(input: { id: $id, transactionId: "back-1" }) { ... on ErrorResult { message } } }', { id: refunded.refundOrder.id });
    await until('points after the refund', beans, (own) => own === 65);

    // All that the shop told was taken, and nothing was told that could not be decided.
    const { items } = await server.ask('GET', `/v1/connectors/${server.connector.id}/deliveries`);
    const states = items.map(({ topic, state }: { topic: string; state: string }) => `${topic} ${state}`);
    assert.ok(items.length >= 4 && items.every(({ state }: { state: string }) => ['taken', 'known', 'unused'].includes(state)), states.join('\n'));
  } finally {
    await end?.();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
});
