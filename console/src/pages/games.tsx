// Games: challenges, leaderboards, games of chance and their prizes, draws with what proves them, causes.
import { Badge, Card, Group, Progress, Select, Tabs, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, data, type Draw, type Offer } from '../api/client';
import { useFormat } from '../parts/format';
import { Export, Listing, Nothing } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { OfferTitle, When } from '../parts/offer';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/games')({ component: GamesPage });

const TABS = ['challenges', 'leaderboards', 'games', 'draws', 'causes'] as const;

function GamesPage() {
  const { t } = useTranslation();
  const { of = 'challenges' } = Route.useSearch();
  const navigate = Route.useNavigate();
  const games = useQuery({ queryKey: ['games'], queryFn: () => data(api.GET('/v1/games')) });
  return (
    <>
      <PageHead title={t('games.title')} sub={t('games.sub')} />
      <Tabs value={of} keepMounted={false} onChange={(next) => void navigate({ search: next && next !== 'challenges' ? { of: next } : {} })}>
        <Tabs.List mb="lg" aria-label={t('games.title')}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`games.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((name) => (
          <Tabs.Panel key={name} value={name}>
            <Shown of={games}>
              {(all) =>
                all[name].length === 0 ? (
                  <Nothing title={t(`games.none.${name}`)}>{t('games.none_hint')}</Nothing>
                ) : name === 'challenges' ? (
                  <Challenges all={all.challenges} />
                ) : name === 'leaderboards' ? (
                  <Board all={all.leaderboards} />
                ) : name === 'games' ? (
                  <>
                    {all.games.map((own) => (
                      <Card withBorder mb="md" key={own.id} component="section" aria-label={own.title}>
                        <Group justify="space-between" mb="sm">
                          <div>
                            <OfferTitle offer={own} />
                          </div>
                          <When offer={own} />
                        </Group>
                        <Listing
                          label={t('games.prizes_of', { title: own.title })}
                          rows={own.prizes}
                          keyOf={(prize) => prize.id}
                          width={420}
                          columns={[
                            { head: t('games.prize'), cell: (prize) => prize.title },
                            { head: t('games.odds'), right: true, cell: (prize) => <Odds of={prize.odds} /> },
                            { head: t('rewards.left'), right: true, cell: (prize) => <Left left={prize.left} stock={prize.stock} title={prize.title} /> },
                          ]}
                        />
                      </Card>
                    ))}
                  </>
                ) : name === 'draws' ? (
                  <Draws all={all.draws} />
                ) : (
                  all.causes.map((own) => <Cause key={own.id} own={own} />)
                )
              }
            </Shown>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function Challenges({ all }: { all: Offer[] }) {
  const { t } = useTranslation();
  return (
    <Listing
      label={t('games.challenges')}
      rows={all}
      keyOf={(own) => own.id}
      columns={[
        { head: t('games.challenge'), cell: (own) => <OfferTitle offer={own} /> },
        {
          head: t('games.asks'),
          cell: (own) => own.says.map((line) => <div key={line}>{line}</div>),
        },
        { head: t('offer.counts'), cell: (own) => <When offer={own} /> },
      ]}
    />
  );
}

function Odds({ of }: { of: string }) {
  const format = useFormat();
  return <>{format.percent(of)}</>;
}

function Left({ left, stock, title }: { left?: number | null | undefined; stock?: number | null | undefined; title: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (left === undefined || left === null || !stock) return <>{t('rewards.not_counted')}</>;
  const said = t('games.left', { left: format.number(left), stock: format.number(stock) });
  return (
    <>
      {said}
      <Progress value={(Math.max(0, left) / stock) * 100} color="teal.8" aria-label={`${title}: ${said}`} mt={4} />
    </>
  );
}

function Board({ all }: { all: Offer[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { board = all[0]?.id ?? '', at } = Route.useSearch();
  const navigate = Route.useNavigate();
  const when = at && /^\d{4}-\d{2}-\d{2}$/.test(at) ? `${at}T12:00:00Z` : undefined;
  const asked = useQuery({
    queryKey: ['leaderboard', board, when ?? ''],
    queryFn: () => data(api.GET('/v1/leaderboards/{leaderboard}', { params: { path: { leaderboard: board }, query: { top: 100, ...(when ? { at: when } : {}) } } })),
    enabled: board !== '',
  });
  return (
    <>
      <Group mb="md" align="end">
        <Select
          label={t('games.leaderboard')}
          data={all.map((own) => ({ value: own.id, label: own.title }))}
          value={board}
          allowDeselect={false}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, board: next ?? undefined }) })}
        />
        <TextInput
          type="date"
          label={t('games.period_of')}
          value={at ?? ''}
          onChange={(event) => {
            const at = event.currentTarget.value || undefined;
            void navigate({ search: (old) => ({ ...old, at }), replace: true });
          }}
        />
        <Export name={`leaderboard-${board}`} rows={() => asked.data?.top ?? []} />
      </Group>
      <Shown of={asked}>
        {(own) => (
          <>
            <Text size="sm" c="dimmed" mb="sm">
              {[own.begins_on && t('games.begins', { day: format.day(own.begins_on) }), own.closes_at && t('games.closes', { at: format.moment(own.closes_at) })].filter(Boolean).join(' · ')}
            </Text>
            {own.top.length === 0 ? (
              <Nothing title={t('games.no_places')}>{t('games.no_places_hint')}</Nothing>
            ) : (
              <Listing
                label={own.title}
                rows={own.top}
                keyOf={(row) => String(row.place)}
                width={360}
                columns={[
                  { head: t('games.place'), right: true, cell: (row) => row.place },
                  { head: t('games.nickname'), cell: (row) => row.nickname },
                  { head: t('games.figure'), right: true, cell: (row) => format.number(row.figure) },
                  { head: t('list.since'), cell: (row) => format.moment(row.reached_at) },
                ]}
              />
            )}
          </>
        )}
      </Shown>
    </>
  );
}

function Draws({ all }: { all: Draw[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const promises = useQuery({ queryKey: ['draw-promises'], queryFn: () => data(api.GET('/v1/draw-promises')) });
  return (
    <>
      {all.map((own) => (
        <Card withBorder mb="md" key={own.id} component="section" aria-label={own.title}>
          <Group justify="space-between" mb="sm">
            <div>
              <OfferTitle offer={own} />
            </div>
            <Group gap="sm">
              <When offer={own} />
              <Badge variant="default" tt="none">
                {t(own.closed ? 'games.closed' : 'games.open')}
              </Badge>
            </Group>
          </Group>
          <Text size="sm">{t('games.winners', { winners: own.winners, alternates: own.alternates })}</Text>
          {own.closed && <Drawn draw={own.id} />}
        </Card>
      ))}
      <Title order={2} size="h4" mb="xs">
        {t('games.promises')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('games.promises_how')}
      </Text>
      <Shown of={promises}>
        {(list) => (
          <Listing
            label={t('games.promises')}
            rows={[...list].reverse()}
            keyOf={(row) => row.month}
            columns={[
              { head: t('home.month'), cell: (row) => format.month(row.month) },
              { head: t('games.promise'), cell: (row) => <span className="code">{row.promise}</span> },
              { head: t('games.secret'), cell: (row) => <span className="code">{row.secret ?? t('games.not_yet')}</span> },
              { head: t('games.made'), cell: (row) => format.moment(row.made_at) },
            ]}
          />
        )}
      </Shown>
    </>
  );
}

function Drawn({ draw }: { draw: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const drawn = useQuery({ queryKey: ['draws', draw], queryFn: () => data(api.GET('/v1/draws/{draw}', { params: { path: { draw } } })), retry: false });
  return (
    <Shown of={drawn}>
      {(own) => (
        <>
          <Text size="sm" mb="sm">
            {t('games.record', { count: own.tickets })} <span className="code">{own.list}</span>
          </Text>
          {own.places.length > 0 && (
            <Listing
              label={t('games.winners_of', { draw })}
              rows={own.places}
              keyOf={(row) => String(row.place)}
              width={420}
              columns={[
                { head: t('games.place'), right: true, cell: (row) => row.place },
                { head: t('list.member'), cell: (row) => <MemberLink id={row.member} /> },
                { head: t('games.tickets'), right: true, cell: (row) => format.number(row.tickets) },
                { head: t('list.state'), cell: (row) => t(row.alternate ? 'games.stands_in' : 'games.wins') },
              ]}
            />
          )}
        </>
      )}
    </Shown>
  );
}

function Cause({ own }: { own: Offer }) {
  const { t } = useTranslation();
  const format = useFormat();
  const months = useQuery({ queryKey: ['causes', own.id], queryFn: () => data(api.GET('/v1/causes/{cause}', { params: { path: { cause: own.id } } })) });
  return (
    <Card withBorder mb="md" component="section" aria-label={own.title}>
      <Group justify="space-between" mb="sm">
        <div>
          <OfferTitle offer={own} />
        </div>
        <When offer={own} />
      </Group>
      <Shown of={months}>
        {(list) =>
          list.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('games.nothing_given')}
            </Text>
          ) : (
            <Listing
              label={own.title}
              rows={list}
              keyOf={(row) => row.month}
              width={360}
              columns={[
                { head: t('home.month'), cell: (row) => format.month(row.month) },
                { head: t('partners.amount'), right: true, cell: (row) => format.number(row.amount) },
                { head: t('nav.members'), right: true, cell: (row) => format.number(row.members) },
              ]}
            />
          )
        }
      </Shown>
    </Card>
  );
}
