// What a till has sold and the server has not booked yet. It lives in the browser's own database, so that
// neither a lost connection nor a closed tab loses a sale. Every sale is put down here before it is sent,
// under a key of its own: sent twice, the server books it once.
import { api, data, Failed, hasCsrf, setCsrf, type Session, type Till } from '../../api/client';

export type Sale = {
  id: string;
  tenant: string;
  /** Whom it is for: an id once the server knew it, else what was typed or scanned. */
  member?: string;
  text: string;
  name: string;
  amount: string;
  currency: string;
  stamps: { card: string; category: string; count: number }[];
  at: string;
  state: 'waiting' | 'booked' | 'refused';
  /** What came of it, in words. */
  said: string;
};

export type Known = { session: Session; till: Till };

const NAME = 'regulars-till';
/** How many sales are sent at a time. */
const AT_ONCE = 50;
/** How many that are done are still shown. */
const SHOWN = 30;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('sales', { keyPath: 'id' });
      asked.result.createObjectStore('known');
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within<T>(store: 'sales' | 'known', mode: IDBTransactionMode, work: (own: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(store, mode);
      const asked = work(transaction.objectStore(store));
      // Only what is committed is kept.
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

export const put = (sale: Sale) => within('sales', 'readwrite', (store) => store.put(sale));
const drop = (id: string) => within('sales', 'readwrite', (store) => store.delete(id));
export const forget = drop;

/** The sales of a shop, newest first. */
export async function sales(tenant: string): Promise<Sale[]> {
  const all: Sale[] = await within('sales', 'readonly', (store) => store.getAll());
  return all.filter((sale) => sale.tenant === tenant).sort((one, other) => other.at.localeCompare(one.at));
}

/** What is remembered for a start without a server: who it is (no secret) and what a till has to know. */
export const remember = (known: Known) => within('known', 'readwrite', (store) => store.put({ ...known, session: { ...known.session, csrf_token: '' } }, 'last'));
export const remembered = (): Promise<Known | undefined> => within('known', 'readonly', (store) => store.get('last') as IDBRequest<Known | undefined>);
export const forgetKnown = () => within('known', 'readwrite', (store) => store.delete('last'));

/** The name of this till, as it stands in the ledger. */
export function source(): string {
  const kept = window.localStorage.getItem('regulars.till');
  const name = kept ?? `till-${crypto.randomUUID().slice(0, 8)}`;
  if (!kept) window.localStorage.setItem('regulars.till', name);
  return name;
}

function event(sale: Sale) {
  // The whole amount stands on the first line; what is stamped is counted by quantity.
  const lines = sale.stamps.map((own, at) => ({ category: own.category, quantity: String(own.count), amount: at === 0 ? sale.amount : '0' }));
  return {
    type: 'purchase',
    source: source(),
    id: sale.id,
    order: sale.id,
    at: sale.at,
    member: sale.member,
    currency: sale.currency,
    total: sale.amount,
    ...(lines.length ? { lines } : {}),
  };
}

/** Whether an answer means that the same may go through later. */
const later = (error: unknown) => !(error instanceof Failed) || error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500;

/** Finds out who was meant where that was not known when it was sold. Says whether it is known now. */
async function resolve(sale: Sale): Promise<boolean> {
  if (sale.member) return true;
  try {
    const found = await data(api.POST('/v1/till/find', { body: { text: sale.text } }));
    // Put down before it is sent: sent again it must say the same.
    sale.member = found.member;
    sale.name = found.name;
    await put(sale);
    return true;
  } catch (error) {
    if (later(error)) throw error;
    await put({ ...sale, state: 'refused', said: error instanceof Failed ? error.message : '' });
    return false;
  }
}

/**
 * Sends what waits. What the server booked or refused is marked so; whatever it did not answer goes on
 * waiting, and is sent again under the same key. Throws if the server cannot be reached.
 */
async function sendAll(tenant: string): Promise<void> {
  const waiting = (await sales(tenant)).filter((sale) => sale.state === 'waiting').reverse();
  // With nothing to send it is still asked whether the server is there.
  if (waiting.length === 0 || !hasCsrf()) {
    setCsrf((await data(api.GET('/v1/sessions/current'))).csrf_token);
  }
  const known: Sale[] = [];
  for (const sale of waiting) {
    if (await resolve(sale)) known.push(sale);
  }
  for (let at = 0; at < known.length; at += AT_ONCE) {
    const some = known.slice(at, at + AT_ONCE);
    const answer = await data(api.POST('/v1/events/batch', { body: some.map(event) as never }));
    for (const result of answer.results) {
      const sale = some[result.index ?? -1];
      if (!sale) continue;
      if (result.receipt) {
        const points = result.receipt.points.map((own) => `+${own.amount} ${own.points}`).join(', ');
        await put({ ...sale, state: 'booked', said: points });
      } else if (result.status < 500 && result.status !== 429) {
        await put({ ...sale, state: 'refused', said: result.problem?.detail ?? result.problem?.title ?? '' });
      }
    }
  }
  const done = (await sales(tenant)).filter((sale) => sale.state === 'booked');
  for (const sale of done.slice(SHOWN)) await drop(sale.id);
}

/** One tab at a time sends: the others wait for it. */
export async function send(tenant: string): Promise<void> {
  if (!navigator.locks) return sendAll(tenant);
  await navigator.locks.request('regulars-till', () => sendAll(tenant));
}
