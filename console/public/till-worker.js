// Lets the till open without the server: keeps its page and files, and nothing that the API answers.
const KEPT = 'regulars-till-1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const files = Array.isArray(event.data?.keep) ? event.data.keep : [];
  event.waitUntil(
    caches.open(KEPT).then(async (kept) => {
      // Files of an earlier build are let go.
      const wanted = new Set(files.map((path) => new URL(path, self.location.origin).href));
      for (const known of await kept.keys()) if (!wanted.has(known.url)) await kept.delete(known);
      await Promise.all(
        files.map(async (path) => {
          if (path.startsWith('/console/assets/') && (await kept.match(path))) return;
          const answer = await fetch(path);
          if (answer.ok) await kept.put(path, answer);
        }),
      );
    }),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || !pathname.startsWith('/console/')) return;
  if (request.mode === 'navigate') {
    if (pathname !== '/console/till') return;
    event.respondWith(fetch(request).catch(async () => (await caches.match('/console/till')) ?? Response.error()));
    return;
  }
  event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
