// What pages ask for first: named here, so that it can be asked for before the page is there, and is then
// the page's own.
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, data, Failed, type Version } from './client';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused is refused again; what broke off may come through.
      retry: (times, error) => times < 2 && error instanceof Failed && (error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: false,
    },
  },
});

/** So many of a queue are fetched at once. */
export const LIMIT = 100;

export const overview = queryOptions({ queryKey: ['overview'], queryFn: () => data(api.GET('/v1/overview')), staleTime: 60_000 });

export const members = (find: string) =>
  infiniteQueryOptions({
    queryKey: ['members', find],
    queryFn: ({ pageParam }) =>
      data(api.GET('/v1/members', { params: { query: { limit: 25, ...(find ? { find } : {}), ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const member = (id: string) =>
  queryOptions({ queryKey: ['member', id], queryFn: () => data(api.GET('/v1/members/{member}', { params: { path: { member: id } } })) });

export const balance = (id: string) =>
  queryOptions({ queryKey: ['member', id, 'balance'], queryFn: () => data(api.GET('/v1/members/{member}/balance', { params: { path: { member: id } } })) });

export const ledger = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['member', id, 'ledger'],
    queryFn: ({ pageParam }) =>
      data(api.GET('/v1/members/{member}/ledger', { params: { path: { member: id }, query: { limit: 20, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const versions = queryOptions({ queryKey: ['program', 'versions'], queryFn: () => data(api.GET('/v1/programs')) });

export const programText = (version: number) =>
  queryOptions({
    queryKey: ['program', 'text', version],
    queryFn: () => data(api.GET('/v1/programs/{version}/text', { params: { path: { version } }, parseAs: 'text' })) as Promise<string>,
    staleTime: Infinity,
  });

/** The version that decides now: the last of those whose moment has come. */
export function inForce(versions: Version[]): Version | undefined {
  const now = new Date().toISOString();
  return [...versions]
    .sort((one, other) => (one.in_force_from === other.in_force_from ? one.version - other.version : one.in_force_from < other.in_force_from ? -1 : 1))
    .filter((version) => version.in_force_from <= now)
    .at(-1);
}

export const rewards = queryOptions({ queryKey: ['rewards'], queryFn: () => data(api.GET('/v1/rewards')) });

export const coupons = queryOptions({ queryKey: ['coupons'], queryFn: () => data(api.GET('/v1/coupons')) });

/** What waits for a person, by its queue. */
export const queues = {
  claims: queryOptions({
    queryKey: ['queue', 'claims'],
    queryFn: () => data(api.GET('/v1/claims', { params: { query: { state: 'open', limit: LIMIT } } })),
  }),
  submissions: queryOptions({ queryKey: ['queue', 'submissions'], queryFn: () => data(api.GET('/v1/submissions', { params: { query: { limit: LIMIT } } })) }),
  referrals: queryOptions({ queryKey: ['queue', 'referrals'], queryFn: () => data(api.GET('/v1/referrals/reviews')) }),
  awards: queryOptions({
    queryKey: ['queue', 'awards'],
    queryFn: () => data(api.GET('/v1/awards', { params: { query: { state: 'proposed', limit: LIMIT } } })),
  }),
  adjustments: queryOptions({
    queryKey: ['queue', 'adjustments'],
    queryFn: () => data(api.GET('/v1/adjustments', { params: { query: { state: 'waiting', limit: LIMIT } } })),
  }),
};

// What a page shows first of all, asked for beside its scripts. What goes wrong is shown when the page asks.

export async function aheadOfMember(id: string) {
  const found = await queries.fetchQuery(member(id)).catch(() => null);
  if (!found) return;
  void queries.prefetchQuery(balance(found.id));
  void queries.prefetchInfiniteQuery(ledger(found.id));
}

export async function aheadOfProgram() {
  const all = await queries.fetchQuery(versions).catch(() => null);
  const current = all && inForce(all.items);
  if (current) void queries.prefetchQuery(programText(current.version));
}

export function aheadOfQueues() {
  void queries.prefetchQuery(queues.claims);
  void queries.prefetchQuery(queues.submissions);
  void queries.prefetchQuery(queues.referrals);
  void queries.prefetchQuery(queues.awards);
  void queries.prefetchQuery(queues.adjustments);
}
