// The typed client, as it would be published, against the real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ProblemError, connect, unwrap } from '../../clients/typescript/dist/index.js';
import { ask, startServerAlone } from '../harness.js';

const PROGRAM = `
[program]
name     = "Tea house"
currency = "EUR"
timezone = "Europe/Berlin"

[points.leaves]

[[earn]]
id   = "spend"
on   = "purchase"
give = { leaves = "1 per 1 EUR" }

[[reward]]
id    = "cup"
title = "A cup"
kind  = "other"
price = { leaves = 10 }
`;

let server;
let regulars;

before(async () => {
  server = await startServerAlone();
  await ask(server, 'POST', '/v1/programs', PROGRAM);
  regulars = connect({ url: server.listening, key: server.key });
});
after(async () => {
  await server?.end();
});

const ANA = { path: { member: 'email:ana@example.com' } };

test('a member joins, buys and redeems, and what is sent twice happens once', async () => {
  const body = { identities: [{ kind: 'email', value: 'ana@example.com' }], attributes: {} };
  const joined = await regulars.post('/v1/members', { body, once: 'join-ana' });
  assert.equal(joined.ok, true, JSON.stringify(joined));
  assert.equal(joined.status, 201);
  const again = await regulars.post('/v1/members', { body, once: 'join-ana' });
  assert.equal(again.ok && again.repeated, true);
  const customer = { kind: 'email', value: 'ana@example.com' };
  const bought = { type: 'purchase', source: 'till', id: 'o-1', order: 'o-1', currency: 'EUR', total: '25.00', customer };
  unwrap(await regulars.post('/v1/events', { body: bought }));
  const redeemed = await regulars.post('/v1/members/{member}/redemptions', { ...ANA, body: { reward: 'cup' }, once: 'cup-1' });
  assert.equal(redeemed.ok, true, JSON.stringify(redeemed));
  const balance = unwrap(await regulars.get('/v1/members/{member}/balance', ANA));
  assert.equal(balance.points[0].available, '15');
});

test('what was not done is a value with its code', async () => {
  const nobody = await regulars.get('/v1/members/{member}', { path: { member: 'email:no/body@example.com' } });
  assert.equal(nobody.ok, false);
  assert.equal(nobody.status, 404);
  assert.equal(nobody.problem.code, 'unknown_member');
  assert.throws(() => unwrap(nobody), ProblemError);
  const poor = await regulars.post('/v1/members/{member}/redemptions', { ...ANA, body: { reward: 'cup', quantity: 9 }, once: 'cup-9' });
  assert.equal(poor.ok, false);
  assert.match(poor.problem.detail, /\w/);
  const stranger = await connect({ url: server.listening, key: 'reg_nothing' }).get('/v1/members');
  assert.equal(stranger.problem?.code, 'unauthorized');
  const silent = await connect({ url: 'http://127.0.0.1:9', key: 'reg_1', retries: 0 }).get('/v1/members');
  assert.deepEqual([silent.ok, silent.status, silent.problem.code], [false, 0, 'unanswered']);
  await assert.rejects(regulars.get('/v1/members/{member}', { path: {} }), TypeError);
});

test('a list in pages is gone through as one, and a file is sent as it is', async () => {
  for (let number = 0; number < 6; number += 1) {
    const body = { identities: [{ kind: 'email', value: `m${number}@example.com` }], attributes: {} };
    unwrap(await regulars.post('/v1/members', { body, once: `join-${number}` }));
  }
  const found = [];
  for await (const own of regulars.each('/v1/members', { query: { limit: 3 } })) found.push(own.identities[0].value);
  assert.deepEqual(found, ['ana@example.com', ...Array.from({ length: 6 }, (_, number) => `m${number}@example.com`)]);
  const file = 'member,points,reason\nemail:m1@example.com,5,spring\nemail:m2@example.com,none,spring\n';
  const award = await regulars.post('/v1/awards', { query: { note: 'spring' }, body: file, type: 'text/csv' });
  assert.deepEqual(award.ok && [award.status, award.data.members], [201, 1], JSON.stringify(award));
});

test('only what does no harm twice is sent again', async () => {
  const sent = [];
  const busy = (url, request) => {
    sent.push(request.method);
    const status = sent.length < 2 ? 503 : 200;
    return Promise.resolve(new Response('{"code":"busy","detail":"d","items":[]}', { status, headers: { 'Content-Type': 'application/json' } }));
  };
  const own = connect({ url: server.listening, key: 'k', fetch: busy });
  assert.equal((await own.get('/v1/members')).ok, true);
  assert.equal(sent.splice(0).length, 2);
  assert.equal((await own.post('/v1/events', { body: {} })).problem?.code, 'busy');
  assert.equal(sent.splice(0).length, 1);
  assert.equal((await own.post('/v1/members', { body: {}, once: 'a' })).ok, true);
  assert.equal(sent.length, 2);
});
