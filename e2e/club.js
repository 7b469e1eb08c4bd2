// A small shop that uses a bit of everything, made over the API as any integration would: for the
// journeys and pictures of what the demo shop does not have.
import { readFileSync } from 'node:fs';
import { ask, start } from './harness.js';

const DAY = 86_400_000;
const before = (days) => new Date(Date.now() - days * DAY).toISOString();

export const PEOPLE = [
  ['ana', 'Ana Silva', 620],
  ['ben', 'Ben Okafor', 240],
  ['clara', 'Clara Weiss', 180],
  ['dana', 'Dana Petrova', 90],
];

export async function startClub(options = {}) {
  const shop = await start({ ...options, demo: false });
  try {
    const send = (method, path, body) => ask(shop, method, path, body);
    // The draw closed yesterday, whenever this runs.
    const program = readFileSync(new URL('club.toml', import.meta.url), 'utf8').replace('2025-06-30', before(2).slice(0, 10));
    await send('POST', `/v1/programs?from=${encodeURIComponent(before(40))}`, program);
    const members = {};
    for (const [id, name, spent] of PEOPLE) {
      const email = `${id}@example.com`;
      const made = await send('POST', '/v1/members', { at: before(30), identities: [{ kind: 'email', value: email }], attributes: { name } });
      members[id] = made.member.id;
      await send('POST', '/v1/events', { type: 'purchase', source: 'till', id: `R-${id}`, at: before(20), member: made.member.id, order: `R-${id}`, currency: 'EUR', total: `${spent}.00` });
      await send('POST', '/v1/events', { type: 'purchase', source: 'bakery-till', id: `B-${id}`, member: made.member.id, order: `B-${id}`, currency: 'EUR', total: '30.00' });
      await send('PUT', `/v1/members/${made.member.id}/nickname`, { nickname: `${id} the great` });
    }
    for (const id of ['ana', 'ben', 'clara']) {
      await send('POST', `/v1/members/${members[id]}/membership`, { action: 'join', plan: 'club' });
    }
    for (const [id, number] of [['ana', 1], ['ben', 1]]) {
      await send('POST', `/v1/members/${members[id]}/invoices/${number}/payments`, { result: 'succeeded' });
    }
    return { ...shop, members, send };
  } catch (error) {
    await shop.end();
    throw error;
  }
}
