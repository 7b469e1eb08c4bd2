// Assistants: the official client of the Model Context Protocol, over HTTP and over standard input and output.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ask, serverPath, startServerAlone } from '../harness.js';

const PROGRAM = `
[program]
name     = "Bean Club"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
worth = "0.01 EUR"

[[earn]]
id   = "spend"
on   = "purchase"
give = { beans = "1 per 1 EUR" }
`;
const TOOLS = ['explain_balance', 'find_member', 'list_metrics', 'metric', 'preview_basket', 'try_program'];

let server;
let member;
let http;

const overHttp = async (key) => {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const transport = new StreamableHTTPClientTransport(new URL(`${server.listening}/mcp`), { requestInit: { headers } });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return client;
};
const call = async (client, name, given = {}) => {
  const answer = await client.callTool({ name, arguments: given });
  assert.deepEqual(JSON.parse(answer.content[0].text), answer.structuredContent, 'the text says the same');
  return answer;
};
const told = async (client, name, given) => {
  const answer = await call(client, name, given);
  assert.ok(!answer.isError, JSON.stringify(answer));
  return answer.structuredContent;
};

before(async () => {
  server = await startServerAlone();
  await ask(server, 'POST', '/v1/programs', PROGRAM);
  const made = await ask(server, 'POST', '/v1/members', { identities: [{ kind: 'email', value: 'ana@example.com' }], attributes: { name: 'Ana Silva' } });
  member = made.member.id;
  await ask(server, 'POST', '/v1/events', { type: 'purchase', source: 'till', id: 'R-1', member, order: 'R-1', currency: 'EUR', total: '12.40' });
  http = await overHttp(server.key);
});
after(async () => {
  await http?.close();
  await server?.end();
});

test('all tools are there, and say that they only read', async () => {
  const { tools } = await http.listTools();
  assert.deepEqual(tools.map(({ name }) => name).sort(), TOOLS);
  for (const { name, annotations, description } of tools) {
    assert.equal(annotations.readOnlyHint, true, name);
    assert.ok(description.length > 20, name);
  }
});

test('what a tool answers is what the API answers', async () => {
  const same = async (name, given, method, path, body) => assert.deepEqual(await told(http, name, given), await ask(server, method, path, body), name);
  await same('find_member', { find: 'ana' }, 'GET', '/v1/members?find=ana&limit=10');
  await same('list_metrics', {}, 'GET', '/v1/metrics');
  await same('metric', { metric: 'repurchase_rate', period: 'month' }, 'GET', '/v1/metrics/repurchase_rate?period=month');
  const { balance, ledger } = await told(http, 'explain_balance', { member: 'email:ana@example.com' });
  assert.deepEqual(ledger, await ask(server, 'GET', `/v1/members/${member}/ledger?limit=20`));
  assert.equal(balance.points[0].available, '12');
  assert.match(JSON.stringify(ledger.items[0].reasons), /spend/);
  const basket = { member, currency: 'EUR', lines: [{ category: 'coffee', price: '30.00' }] };
  const quote = await told(http, 'preview_basket', basket);
  const own = await ask(server, 'POST', '/v1/quote', basket);
  assert.deepEqual(Object.keys(quote).sort(), Object.keys(own).sort());
  assert.equal(quote.total, own.total);
  const trial = await told(http, 'try_program', { program: PROGRAM, on: 'shop' });
  assert.deepEqual(Object.keys(trial).sort(), Object.keys(await ask(server, 'POST', '/v1/programs/try', { program: PROGRAM, on: 'shop' })).sort());
});

test('what is wrong, and what is not there, is told as the API tells it', async () => {
  const nobody = await call(http, 'explain_balance', { member: 'email:nobody@example.com' });
  assert.equal(nobody.isError, true);
  assert.equal(nobody.structuredContent.code, 'unknown_member');
  const broken = await call(http, 'try_program', { program: 'nothing' });
  assert.equal(broken.structuredContent.code, 'invalid_program');
  assert.ok((await call(http, 'find_member', {})).isError);
  const reserves = await call(http, 'preview_basket', { member, currency: 'EUR', lines: [{ price: '1.00' }], reserve: true });
  assert.match(reserves.structuredContent.detail, /only read/);
  await assert.rejects(http.callTool({ name: 'delete_member', arguments: {} }), /there is no tool/);
});

test('a key can do here what it can do there, and nothing without one', async () => {
  await assert.rejects(overHttp(), /401|authorized/i);
  await assert.rejects(overHttp('reg_nothing'), /401|authorized/i);
  const { secret } = await ask(server, 'POST', '/v1/keys', { name: 'a till', scopes: ['ingest'] });
  const till = await overHttp(secret);
  const refused = await call(till, 'find_member', { find: 'ana' });
  assert.equal(refused.structuredContent.code, 'forbidden');
  await till.close();
});

test('the same on standard input and output', async () => {
  const env = { ...process.env, REGULARS_KEY: server.key };
  const args = ['mcp', '--database', join(server.folder, 'demo.db')];
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: serverPath(), args, env }));
  try {
    const found = await told(client, 'find_member', { find: 'ana' });
    assert.equal(found.items[0].id, member);
  } finally {
    await client.close();
  }
  const bad = { env: { ...env, REGULARS_KEY: 'reg_nothing' }, stdio: 'pipe' };
  assert.throws(() => execFileSync(serverPath(), args, bad), /known, not expired/);
});
