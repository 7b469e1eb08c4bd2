// Keeps the page and what was seen last, so that a phone without a network still shows the balance.
// What is of a member is in a cache of its own, which goes when they sign out.
const SHELL = 'regulars-shell-1';
// The page says of which shop it is; of each there is a cache.
const own = (request) => `regulars-own-${decodeURIComponent(request.headers.get('X-Shop') ?? '')}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.add('./'))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('regulars-shell-') && name !== SHELL;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** From the network; what came is kept, and answered when there is none. */
async function freshOrKept(request, name) {
  const cache = await caches.open(name);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    else if (answer.status === 401 && name !== SHELL) await caches.delete(name);
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: request.mode === 'navigate' });
    if (!kept) throw error;
    const headers = new Headers(kept.headers);
    headers.set('X-Kept', 'true');
    return new Response(await kept.blob(), { status: kept.status, headers });
  }
}

/** Named by content, so what is kept is right. */
async function keptOrFresh(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/portal/assets/')) event.respondWith(keptOrFresh(request));
  else if (request.mode === 'navigate' || url.pathname.startsWith('/v1/portal/')) event.respondWith(freshOrKept(request, SHELL));
  else if (url.pathname === '/v1/me' || url.pathname === '/v1/me/card' || url.pathname === '/v1/me/session') event.respondWith(freshOrKept(request, own(request)));
});
