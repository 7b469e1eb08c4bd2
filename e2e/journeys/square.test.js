// A till that was written for Square's Loyalty API, with Square's own SDK: only the base address is another.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import square from 'square';
import { ask, startServerAlone } from '../harness.js';

const { SquareClient, SquareError } = square;
const PHONE = '+14155551234';
const PROGRAM = `
[program]
name     = "Bean Club"
currency = "USD"
timezone = "America/New_York"

[points.beans]
name    = { one = "bean", other = "beans" }
expires = { after = "12 months" }

[[earn]]
id   = "spend"
on   = "purchase"
give = { beans = "1 per 1 USD" }

[[earn]]
id    = "triple"
on    = "purchase"
when  = 'order.channel == "app"'
times = 3
of    = ["spend"]

[[reward]]
id    = "coffee"
title = "A coffee"
kind  = "other"
price = { beans = 10 }
`;

let server;
let loyalty;
let programId;
let accountId;

before(async () => {
  server = await startServerAlone();
  await ask(server, 'POST', '/v1/programs', PROGRAM);
  const client = new SquareClient({ token: server.key, baseUrl: `${server.listening}/compat/square` });
  loyalty = client.loyalty;
});
after(async () => {
  await server?.end();
});

let keys = 0;
const key = () => `till-${(keys += 1)}`;
const balance = async () => (await loyalty.accounts.get({ accountId })).loyaltyAccount.balance;

async function fails(call, status, code) {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof SquareError, String(error));
    assert.equal(error.statusCode, status, error.message);
    assert.equal(error.errors[0].code, code, error.message);
    assert.equal(error.errors[0].category, [401, 403].includes(status) ? 'AUTHENTICATION_ERROR' : 'INVALID_REQUEST_ERROR');
    assert.ok(error.errors[0].detail.length > 10);
    return true;
  });
}

test('the program is read by its keyword, with reward tiers and terminology', async () => {
  const { program } = await loyalty.programs.get({ programId: 'main' });
  programId = program.id;
  assert.equal(program.status, 'ACTIVE');
  assert.deepEqual(program.terminology, { one: 'bean', other: 'beans' });
  assert.equal(program.expirationPolicy.expirationDuration, 'P1Y');
  assert.deepEqual(program.rewardTiers.map(({ id, name, points }) => ({ id, name, points })), [{ id: 'coffee', name: 'A coffee', points: 10 }]);
  assert.equal(program.accrualRules[0].spendData.amountMoney.amount, 100n);
  assert.equal((await loyalty.programs.list()).programs[0].id, programId);
});

test('a buyer is enrolled by telephone, once, and found again', async () => {
  const request = { loyaltyAccount: { programId, mapping: { phoneNumber: PHONE } }, idempotencyKey: key() };
  const made = await loyalty.accounts.create(request);
  accountId = made.loyaltyAccount.id;
  assert.deepEqual(await loyalty.accounts.create(request), made);
  assert.equal(made.loyaltyAccount.balance, 0);
  const found = await loyalty.accounts.search({ query: { mappings: [{ phoneNumber: PHONE }] } });
  assert.deepEqual(found.loyaltyAccounts, [made.loyaltyAccount]);
  await fails(loyalty.accounts.create({ ...request, idempotencyKey: key() }), 409, 'CONFLICT');
});

test('an order is reckoned, then accumulated once however often the till sends it', async () => {
  const order = { source: 'square', order: 'O-1', at: new Date().toISOString(), currency: 'USD', total: '12.40', channel: 'app' };
  await ask(server, 'POST', '/v1/kept-orders', order);
  const said = await loyalty.programs.calculate({ programId, orderId: 'O-1', loyaltyAccountId: accountId });
  assert.deepEqual([said.points, said.promotionPoints], [12, 24]);
  const amount = { amount: 500n, currency: 'USD' };
  const ofAmount = await loyalty.programs.calculate({ programId, transactionAmountMoney: amount });
  assert.deepEqual([ofAmount.points, ofAmount.promotionPoints], [5, 0]);
  const request = { accountId, accumulatePoints: { orderId: 'O-1' }, idempotencyKey: key(), locationId: 'L1' };
  const { events } = await loyalty.accounts.accumulatePoints(request);
  assert.deepEqual(events.map((event) => event.type), ['ACCUMULATE_POINTS', 'ACCUMULATE_PROMOTION_POINTS']);
  assert.equal(events[1].accumulatePromotionPoints.loyaltyPromotionId, 'triple');
  assert.equal(await balance(), 36);
  assert.deepEqual((await loyalty.accounts.accumulatePoints(request)).events, events);
  assert.equal(await balance(), 36);
  await loyalty.accounts.accumulatePoints({ accountId, accumulatePoints: { points: 4 }, idempotencyKey: key(), locationId: 'L1' });
  assert.equal(await balance(), 40);
});

test('a reward holds the points; deleted it gives them back, redeemed it is final', async () => {
  const wish = () => ({ reward: { loyaltyAccountId: accountId, rewardTierId: 'coffee', orderId: 'O-2' }, idempotencyKey: key() });
  const first = (await loyalty.rewards.create(wish())).reward;
  assert.equal(first.status, 'ISSUED');
  assert.equal(await balance(), 30);
  await loyalty.rewards.delete({ rewardId: first.id });
  assert.equal(await balance(), 40);
  assert.equal((await loyalty.rewards.get({ rewardId: first.id })).reward.status, 'DELETED');
  const second = (await loyalty.rewards.create(wish())).reward;
  const { event } = await loyalty.rewards.redeem({ rewardId: second.id, locationId: 'L1', idempotencyKey: key() });
  assert.equal(event.redeemReward.rewardId, second.id);
  assert.equal(event.redeemReward.orderId, 'O-2');
  await fails(loyalty.rewards.delete({ rewardId: second.id }), 400, 'BAD_REQUEST');
  assert.equal(await balance(), 30);
  const found = await loyalty.rewards.search({ query: { loyaltyAccountId: accountId } });
  assert.deepEqual(found.rewards.map(({ id, status }) => [id, status]).sort(), [[first.id, 'DELETED'], [second.id, 'REDEEMED']].sort());
  const redeemed = await loyalty.rewards.search({ query: { loyaltyAccountId: accountId, status: 'REDEEMED' } });
  assert.deepEqual(redeemed.rewards.map(({ id }) => id), [second.id]);
});

test('points are adjusted by hand, and never below zero', async () => {
  const adjust = (points, more = {}) => loyalty.accounts.adjust({ accountId, adjustPoints: { points, reason: 'a mistake' }, idempotencyKey: key(), ...more });
  await fails(adjust(-31), 400, 'BAD_REQUEST');
  await fails(adjust(-31, { allowNegativeBalance: true }), 400, 'BAD_REQUEST');
  assert.equal((await adjust(-5)).event.adjustPoints.points, -5);
  assert.equal((await adjust(2)).event.adjustPoints.points, 2);
  assert.equal(await balance(), 27);
});

test('the events tell it all, page by page, and come to the balance', async () => {
  const seen = [];
  let cursor;
  do {
    const query = { filter: { loyaltyAccountFilter: { loyaltyAccountId: accountId } } };
    const page = await loyalty.searchEvents({ query, limit: 3, cursor });
    seen.push(...page.events);
    cursor = page.cursor;
  } while (cursor);
  assert.equal(new Set(seen.map((event) => event.id)).size, seen.length);
  const moved = (event) => {
    const own = event.accumulatePoints ?? event.accumulatePromotionPoints ?? event.createReward ?? event.deleteReward ?? event.adjustPoints;
    return own?.points ?? 0;
  };
  assert.equal(seen.reduce((sum, event) => sum + moved(event), 0), 27);
  const ofOrder = await loyalty.searchEvents({ query: { filter: { orderFilter: { orderId: 'O-1' } } } });
  assert.equal(ofOrder.events.length, 2);
});

test('promotions are read here and made in the program file', async () => {
  const { data } = await loyalty.programs.promotions.list({ programId });
  assert.deepEqual(data.map(({ id, status }) => [id, status]), [['triple', 'ACTIVE']]);
  const { loyaltyPromotion } = await loyalty.programs.promotions.get({ programId, promotionId: 'triple' });
  assert.equal(loyaltyPromotion.incentive.pointsMultiplierData.multiplier, '3.000');
  const { id, ...copy } = loyaltyPromotion;
  await fails(loyalty.programs.promotions.create({ programId, loyaltyPromotion: copy, idempotencyKey: key() }), 405, 'METHOD_NOT_ALLOWED');
  await fails(loyalty.programs.promotions.cancel({ programId, promotionId: id }), 405, 'METHOD_NOT_ALLOWED');
});

test('without a key, and about nobody, the SDK throws what it throws elsewhere', async () => {
  const stranger = new SquareClient({ token: 'reg_nothing', baseUrl: `${server.listening}/compat/square` });
  await fails(stranger.loyalty.accounts.get({ accountId }), 401, 'UNAUTHORIZED');
  await fails(loyalty.accounts.get({ accountId: 'nobody' }), 404, 'NOT_FOUND');
  await fails(loyalty.rewards.get({ rewardId: 'nothing' }), 404, 'NOT_FOUND');
});
