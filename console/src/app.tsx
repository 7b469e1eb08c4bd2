// The table of contents: every page and its address.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Container } from '@mantine/core';
import { aheadOf, allThere, queries } from './api/asks';
import { allows, askForSession, useSession } from './api/session';
import { HomePage } from './pages/home';
import { SignInPage } from './pages/sign-in';
import { texts } from './parts/texts';
import { Shell } from './parts/shell';
import { Empty, Problem, Waiting } from './parts/state';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const home = createRoute({ getParentRoute: () => shell, path: '/', component: HomePage, loader: () => aheadOf.home() });
export const membersRoute = createRoute({
  getParentRoute: () => shell,
  path: '/members',
  component: lazyRouteComponent(() => import('./pages/members'), 'MembersPage'),
  validateSearch: (search: Record<string, unknown>): { find?: string } =>
    typeof search['find'] === 'string' && search['find'] ? { find: search['find'] } : {},
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => aheadOf.members(deps.find ?? ''),
});
export const memberRoute = createRoute({
  getParentRoute: () => shell,
  path: '/members/$member',
  component: lazyRouteComponent(() => import('./pages/member'), 'MemberPage'),
  loader: ({ params }) => aheadOf.member(params.member),
});
const program = createRoute({ getParentRoute: () => shell, path: '/program', loader: () => aheadOf.program() }).lazy(() =>
  import('./pages/program').then((page) => page.Route),
);
export const reviewsRoute = createRoute({
  getParentRoute: () => shell,
  path: '/reviews',
  component: lazyRouteComponent(() => import('./pages/reviews'), 'ReviewsPage'),
  validateSearch: texts('of', 'state', 'sign', 'suspect'),
  loader: () => aheadOf.reviews(),
});

// settings and the till
type Settings = { of?: string; actor?: string; act?: string; from?: string; to?: string };
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  validateSearch: (search: Record<string, unknown>): Settings =>
    Object.fromEntries(['of', 'actor', 'act', 'from', 'to'].flatMap((name) => (typeof search[name] === 'string' && search[name] ? [[name, search[name]]] : []))),
}).lazy(() => import('./pages/settings').then((page) => page.Route));
const oneself = createRoute({ getParentRoute: () => shell, path: '/oneself' }).lazy(() => import('./pages/oneself').then((page) => page.Route));
const till = createRoute({ getParentRoute: () => root, path: '/till' }).lazy(() => import('./pages/till').then((page) => page.Route));

// Insight, and a guided start.
const words = (search: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' && search[name] ? [[name, search[name]]] : []))) as Record<string, string>;
export const insightRoute = createRoute({
  getParentRoute: () => shell,
  path: '/insight',
  validateSearch: (search: Record<string, unknown>): { view?: string; period?: string; by?: string; from?: string; to?: string; group?: string; metric?: string; list?: string } =>
    words(search, ['view', 'period', 'by', 'from', 'to', 'group', 'metric', 'list']),
  loaderDeps: ({ search: { view, period, by } }) => ({ view, period, by }),
  loader: ({ deps: { view, period, by } }) => void (view ?? aheadOf.insight(period ?? 'month', by ?? '')),
}).lazy(() => import('./pages/insight').then((page) => page.Route));
const startRoute = createRoute({ getParentRoute: () => shell, path: '/start' }).lazy(() => import('./pages/start').then((page) => page.Route));
const sandboxRoute = createRoute({ getParentRoute: () => shell, path: '/sandbox' }).lazy(() => import('./pages/sandbox').then((page) => page.Route));

// Lists of what the program offers, each loaded when it is opened.
const rewards = createRoute({ getParentRoute: () => shell, path: '/rewards', validateSearch: texts('of', 'find', 'only', 'state'), loader: () => aheadOf.rewards() }).lazy(() =>
  import('./pages/rewards').then((page) => page.Route),
);
const coupons = createRoute({ getParentRoute: () => shell, path: '/coupons', validateSearch: texts('code', 'coupon', 'state'), loader: () => aheadOf.coupons() }).lazy(() =>
  import('./pages/coupons').then((page) => page.Route),
);
const cards = createRoute({ getParentRoute: () => shell, path: '/cards', validateSearch: texts('card') }).lazy(() => import('./pages/cards').then((page) => page.Route));
const partners = createRoute({ getParentRoute: () => shell, path: '/partners', validateSearch: texts('partner', 'period') }).lazy(() =>
  import('./pages/partners').then((page) => page.Route),
);
const groups = createRoute({ getParentRoute: () => shell, path: '/groups', validateSearch: texts('find', 'group', 'manager', 'closed') }).lazy(() =>
  import('./pages/groups').then((page) => page.Route),
);
const group = createRoute({ getParentRoute: () => shell, path: '/groups/$group' }).lazy(() => import('./pages/group').then((page) => page.Route));
const products = createRoute({ getParentRoute: () => shell, path: '/products', validateSearch: texts('of', 'find', 'category') }).lazy(() =>
  import('./pages/products').then((page) => page.Route),
);
const segments = createRoute({ getParentRoute: () => shell, path: '/segments' }).lazy(() => import('./pages/segments').then((page) => page.Route));
const segment = createRoute({ getParentRoute: () => shell, path: '/segments/$segment' }).lazy(() => import('./pages/segment').then((page) => page.Route));
const journeys = createRoute({ getParentRoute: () => shell, path: '/journeys' }).lazy(() => import('./pages/journeys').then((page) => page.Route));
const journey = createRoute({ getParentRoute: () => shell, path: '/journeys/$journey' }).lazy(() => import('./pages/journey').then((page) => page.Route));
const advocates = createRoute({ getParentRoute: () => shell, path: '/advocates', validateSearch: texts('least') }).lazy(() => import('./pages/advocates').then((page) => page.Route));
const offers = createRoute({ getParentRoute: () => shell, path: '/offers' }).lazy(() => import('./pages/offers').then((page) => page.Route));
const offer = createRoute({ getParentRoute: () => shell, path: '/offers/$set' }).lazy(() => import('./pages/offer').then((page) => page.Route));
const memberships = createRoute({ getParentRoute: () => shell, path: '/memberships', validateSearch: texts('plan', 'status') }).lazy(() =>
  import('./pages/memberships').then((page) => page.Route),
);
const games = createRoute({ getParentRoute: () => shell, path: '/games', validateSearch: texts('of', 'board', 'at') }).lazy(() =>
  import('./pages/games').then((page) => page.Route),
);
const messages = createRoute({ getParentRoute: () => shell, path: '/messages' }).lazy(() => import('./pages/messages').then((page) => page.Route));
const send = createRoute({ getParentRoute: () => shell, path: '/messages/$send' }).lazy(() => import('./pages/send').then((page) => page.Route));
const surveys = createRoute({ getParentRoute: () => shell, path: '/surveys' }).lazy(() => import('./pages/surveys').then((page) => page.Route));
const survey = createRoute({ getParentRoute: () => shell, path: '/surveys/$survey', validateSearch: texts('by', 'segment', 'from', 'to') }).lazy(() =>
  import('./pages/survey').then((page) => page.Route),
);
const cases = createRoute({ getParentRoute: () => shell, path: '/cases', validateSearch: texts('of', 'state', 'agent', 'late', 'from', 'to') }).lazy(() =>
  import('./pages/cases').then((page) => page.Route),
);
const one = createRoute({ getParentRoute: () => shell, path: '/cases/$case' }).lazy(() => import('./pages/case').then((page) => page.Route));
const lists = [surveys, survey, cases, one, products, rewards, coupons, cards, partners, groups, group, segments, segment, journeys, journey, offers, offer, advocates, messages, send, memberships, games] as const;

const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([home, membersRoute, memberRoute, program, reviewsRoute, insightRoute, startRoute, sandboxRoute, settings, oneself, ...lists]),
    till,
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  defaultErrorComponent: ({ error }) => <Problem error={error} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Asks who is there and fetches the first page's scripts, then asks for what that page shows first. */
export async function openFirst() {
  const routes = router.matchRoutes(router.latestLocation).map((match) => router.routesById[match.routeId as keyof typeof router.routesById]);
  const scripts = Promise.allSettled(routes.map((route) => router.loadRouteChunk(route)));
  const session = await askForSession(queries);
  // Who may not read is not let ask: each refusal would be put down.
  if (session && allows(session, 'read')) await router.load();
  await Promise.all([scripts, allThere()]);
}

function NotFound() {
  const { t } = useTranslation();
  return <Empty title={t('error.no_page')} />;
}

export function App() {
  const { session, waiting, error } = useSession();
  useEffect(() => {
    document.title = 'Regulars';
  }, []);
  if (waiting) {
    return (
      <Container size="xs" py="xl">
        <Waiting />
      </Container>
    );
  }
  if (error) {
    return (
      <Container size="xs" py="xl" component="main">
        <Problem error={error} again={() => window.location.reload()} />
      </Container>
    );
  }
  return session ? <RouterProvider router={router} /> : <SignInPage />;
}
