// What pages ask for first: named here, so that it can be asked for before the page is there, and is then
// the page's own.
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { api, data, Failed, toTheEnd, type Version } from './client';
import type { components } from './schema';

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

/** The version that decides now: of those whose moment has come the last one; of two at once the later one. */
export function inForce(versions: Version[]): Version | undefined {
  const now = Date.now();
  return versions
    .filter((own) => Date.parse(own.in_force_from) <= now)
    .sort((one, other) => Date.parse(one.in_force_from) - Date.parse(other.in_force_from) || one.version - other.version)
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
  suspicions: queryOptions({ queryKey: ['queue', 'suspicions'], queryFn: () => data(api.GET('/v1/suspicions', { params: { query: { limit: LIMIT } } })) }),
  awards: queryOptions({
    queryKey: ['queue', 'awards'],
    queryFn: () => data(api.GET('/v1/awards', { params: { query: { state: 'proposed', limit: LIMIT } } })),
  }),
  adjustments: queryOptions({
    queryKey: ['queue', 'adjustments'],
    queryFn: () => data(api.GET('/v1/adjustments', { params: { query: { state: 'waiting', limit: LIMIT } } })),
  }),
};

type Job = components['schemas']['JobOut'];

/** Endpoints of webhooks, and how they fare. */
export const webhooks = queryOptions({ queryKey: ['webhooks'], queryFn: () => data(api.GET('/v1/webhooks')) });

/** All jobs: they come by their beginning, the oldest first. */
export const jobs = queryOptions({
  queryKey: ['insight', 'jobs'],
  queryFn: () => toTheEnd((after) => data(api.GET('/v1/jobs', { params: { query: { limit: 1000, ...(after ? { after } : {}) } } }))),
});

/** Whether a job makes the report that Insight shows by this period and this field. */
export const isReport = ({ ask }: Job, period: string, by: string) =>
  ask.what === 'report' && (ask.period ?? 'month') === period && (ask.by ?? '') === by && !ask.window_days && !ask.horizon_months;

export const jobResult = (job: string) =>
  queryOptions({ queryKey: ['insight', 'result', job], queryFn: () => data(api.GET('/v1/jobs/{job}/result', { params: { path: { job } } })), staleTime: Infinity });

/** What is asked for ahead of a page and has not come yet. */
const coming = new Set<Promise<unknown>>();

function ahead(asked: Promise<unknown>) {
  coming.add(asked);
  void asked.finally(() => coming.delete(asked));
}

/** Comes true when all of it is there, or went wrong. */
export const allThere = () => Promise.allSettled(coming);

/** What a page shows first of all, asked for beside its scripts. What goes wrong is shown when the page asks. */
export const aheadOf = {
  home: () => ahead(queries.prefetchQuery(overview)),
  members: (find: string) => ahead(queries.prefetchInfiniteQuery(members(find))),
  member: (id: string) =>
    ahead(
      queries.fetchQuery(member(id)).then(
        (found) => Promise.all([queries.prefetchQuery(balance(found.id)), queries.prefetchInfiniteQuery(ledger(found.id))]),
        () => {},
      ),
    ),
  program: () =>
    ahead(
      queries.fetchQuery(versions).then(
        ({ items }) => {
          const current = inForce(items);
          return current && queries.prefetchQuery(programText(current.version));
        },
        () => {},
      ),
    ),
  insight: (period: string, by: string) =>
    ahead(
      queries.fetchQuery(jobs).then(
        (all) => {
          const done = all.findLast((job) => job.state === 'done' && isReport(job, period, by));
          return done && queries.prefetchQuery(jobResult(done.id));
        },
        () => {},
      ),
    ),
  rewards: () => ahead(queries.prefetchQuery(rewards)),
  coupons: () => ahead(queries.prefetchQuery(coupons)),
  reviews: () => {
    ahead(queries.prefetchQuery(queues.claims));
    ahead(queries.prefetchQuery(queues.submissions));
    ahead(queries.prefetchQuery(queues.referrals));
    ahead(queries.prefetchQuery(queues.awards));
    ahead(queries.prefetchQuery(queues.adjustments));
  },
};
