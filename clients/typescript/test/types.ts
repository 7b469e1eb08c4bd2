// What the compiler must see, and what it must refuse. Nothing here is run.
import { connect, unwrap, type Result, type Schemas } from '../src/index.js';

const regulars = connect({ url: 'https://loyalty.example', key: 'reg_1' });

export async function right() {
  const member: Result<Schemas['MemberOut']> = await regulars.get('/v1/members/{member}', { path: { member: 'email:ana@example.com' } });
  if (member.ok) member.data.identities.map((own) => own.kind);
  else member.problem.code.trim();
  const award = await regulars.post('/v1/awards', { query: { note: 'spring' }, body: 'member,points,reason\n', type: 'text/csv' });
  const count: number = unwrap(award).members;
  for await (const own of regulars.each('/v1/members', { query: { limit: 10 } })) own.id.trim();
  for await (const own of regulars.each('/v1/webhooks')) own.url.trim();
  const health = await regulars.get('/healthz');
  return [count, health];
}

export async function wrong() {
  // @ts-expect-error: there is no such path
  await regulars.get('/v1/memberz');
  // @ts-expect-error: it takes no DELETE
  await regulars.delete('/v1/members');
  // @ts-expect-error: whose is not said
  await regulars.get('/v1/members/{member}');
  // @ts-expect-error: the parameter is called `member`
  await regulars.get('/v1/members/{member}', { path: { id: 'mem_1' } });
  // @ts-expect-error: it has no such field
  await regulars.get('/v1/members', { query: { limits: 3 } });
  // @ts-expect-error: a body is needed
  await regulars.post('/v1/members');
  const member = await regulars.get('/v1/members/{member}', { path: { member: 'mem_1' } });
  // @ts-expect-error: it may have failed
  member.data;
  // @ts-expect-error: it is no list that comes in pages
  regulars.each('/healthz');
}
