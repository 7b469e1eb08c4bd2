// Partners who share points: what each has coming, who pays whom, and what is in dispute.
import { Badge, Button, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, toTheEnd } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Export, Listing, Nothing, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/partners')({ component: PartnersPage });

function PartnersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useSession();
  const { partner, period } = Route.useSearch();
  const navigate = Route.useNavigate();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(period ?? '');
  const [closing, setClosing] = useState(false);
  const partners = useQuery({ queryKey: ['partners'], queryFn: () => data(api.GET('/v1/partners')) });
  const there = (partners.data?.items.length ?? 0) > 0;
  // A settlement is of a period that is named: the statement of today says which that is.
  const today = useQuery({
    queryKey: ['partners', 'statement', 'operator', period ?? ''],
    queryFn: () => data(api.GET('/v1/partners/{partner}/statement', { params: { path: { partner: 'operator' }, query: period ? { period } : {} } })),
    enabled: there,
    retry: false,
  });
  const name = (id: string) => (id === 'operator' ? t('partners.operator') : (partners.data?.items.find((own) => own.id === id)?.name ?? id));
  const named = today.data?.period;
  const settlement = useQuery({
    queryKey: ['partners', 'settlement', named],
    queryFn: () => data(api.GET('/v1/settlements/{period}', { params: { path: { period: named ?? '' } } })),
    enabled: !!named,
  });
  const chosen = partner && partners.data?.items.some((own) => own.id === partner) ? partner : undefined;
  return (
    <>
      <PageHead title={t('partners.title')} sub={t('partners.sub')} />
      <Shown of={partners}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t('partners.none')}>{t('partners.none_hint')}</Nothing>
          ) : (
            <>
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  void navigate({ search: (old) => ({ ...old, period: typed.trim() || undefined }) });
                }}
              >
                <Group mb="md" align="end">
                  <TextInput label={t('partners.period')} description={t('partners.period_how')} placeholder={named ?? ''} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
                  <Button type="submit" variant="default">
                    {t('partners.see')}
                  </Button>
                </Group>
              </form>
              <Shown of={today}>{() => null}</Shown>
              {named && (
                <section aria-labelledby="settlement">
                  <Group mb="sm">
                    <Title order={2} size="h4" id="settlement">
                      {t('partners.settlement', { period: named })}
                    </Title>
                    {settlement.data && (
                      <Badge variant="default" tt="none">
                        {t(settlement.data.closed ? 'partners.closed' : 'partners.open')}
                      </Badge>
                    )}
                    {may('adjust') && settlement.data && !settlement.data.closed && (
                      <Button size="xs" variant="default" onClick={() => setClosing(true)}>
                        {t('partners.close')}
                      </Button>
                    )}
                  </Group>
                  <Shown of={settlement}>
                    {(all) => (
                      <SimpleGrid cols={{ base: 1, md: 2 }}>
                        <Listing
                          label={t('partners.positions')}
                          rows={[...all.positions, ...items.filter((own) => !all.positions.some((row) => row.partner === own.id)).map((own) => ({ partner: own.id, position: '0' }))]}
                          keyOf={(row) => row.partner}
                          width={300}
                          columns={[
                            {
                              head: t('partners.partner'),
                              cell: (row) =>
                                row.partner === 'operator' ? (
                                  t('partners.operator')
                                ) : (
                                  <PageLink to="/partners" search={{ partner: row.partner, ...(period ? { period } : {}) }}>
                                    {name(row.partner)}
                                  </PageLink>
                                ),
                            },
                            { head: t('partners.coming'), right: true, cell: (row) => format.money(row.position, all.currency) },
                          ]}
                        />
                        {all.payments.length === 0 ? (
                          <Nothing title={t('partners.no_payments')} />
                        ) : (
                          <Listing
                            label={t('partners.payments')}
                            rows={all.payments}
                            keyOf={(row) => row.from + row.to}
                            width={300}
                            columns={[
                              { head: t('partners.pays'), cell: (row) => name(row.from) },
                              { head: t('partners.gets'), cell: (row) => name(row.to) },
                              { head: t('partners.amount'), right: true, cell: (row) => format.money(row.amount, all.currency) },
                            ]}
                          />
                        )}
                      </SimpleGrid>
                    )}
                  </Shown>
                </section>
              )}
              {chosen ? <Statement key={chosen} partner={chosen} name={name(chosen)} period={period} /> : named && <Text c="dimmed">{t('partners.choose')}</Text>}
            </>
          )
        }
      </Shown>
      <Ask
        opened={closing}
        close={() => setClosing(false)}
        title={t('partners.close_of', { period: named ?? '' })}
        confirm={t('partners.close')}
        danger
        said={t('partners.close_said')}
        act={async () => {
          await data(api.POST('/v1/settlements/{period}/close', { params: { path: { period: named ?? '' } } }));
          await queries.invalidateQueries({ queryKey: ['partners'] });
        }}
      >
        {t('partners.close_words')}
      </Ask>
    </>
  );
}

type Post = { what: 'paid_in' | 'corrected' | 'disputed' | 'dispute_ended'; refers?: string; dispute?: string };

function Statement({ partner, name, period }: { partner: string; name: string; period: string | undefined }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [posting, setPosting] = useState<Post | null>(null);
  const query = period ? { period } : {};
  const statement = useQuery({
    queryKey: ['partners', 'statement', partner, period ?? ''],
    queryFn: () => data(api.GET('/v1/partners/{partner}/statement', { params: { path: { partner }, query } })),
  });
  const page = (after: string | undefined, limit: number) =>
    data(api.GET('/v1/partners/{partner}/entries', { params: { path: { partner }, query: { ...query, limit, ...(after ? { after } : {}) } } }));
  const entries = useInfiniteQuery({
    queryKey: ['partners', 'entries', partner, period ?? ''],
    queryFn: ({ pageParam }) => page(pageParam || undefined, 25),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <section aria-labelledby="statement">
      <Group justify="space-between" mb="sm" mt="md">
        <Title order={2} size="h4" id="statement">
          {t('partners.statement', { name })}
        </Title>
        {may('adjust') && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setPosting({ what: 'paid_in' })}>
              {t('partners.post.paid_in')}
            </Button>
            <Button size="xs" variant="default" onClick={() => setPosting({ what: 'corrected' })}>
              {t('partners.post.corrected')}
            </Button>
          </Group>
        )}
      </Group>
      <Shown of={statement}>
        {(own) => (
          <>
            <Text mb="sm">
              {t('partners.position')}: <strong>{format.money(own.position, own.currency)}</strong>
              {own.own ? ` (${format.money(own.own.position, own.own.currency)})` : ''}
              {own.paid_ahead ? ` · ${t('partners.paid_ahead', { amount: format.money(own.paid_ahead.closing, own.currency) })}` : ''}
            </Text>
            {own.lines.length > 0 && (
              <Listing
                label={t('partners.lines')}
                rows={own.lines}
                keyOf={(row) => row.what + String(row.points?.points) + String(row.paid_ahead)}
                columns={[
                  { head: t('partners.what'), cell: (row) => t(`booked.${row.what}`) },
                  { head: t('partners.points'), right: true, cell: (row) => (row.points ? `${format.number(row.points.amount)} ${row.points.points}` : '–') },
                  { head: t('partners.amount'), right: true, cell: (row) => format.money(row.money, own.currency) },
                ]}
              />
            )}
            {own.disputes.length > 0 && (
              <>
                <Title order={3} size="h5" mb="xs">
                  {t('partners.disputes')}
                </Title>
                <Listing
                  label={t('partners.disputes')}
                  rows={own.disputes}
                  keyOf={(row) => row.id}
                  columns={[
                    { head: t('list.since'), cell: (row) => format.moment(row.since) },
                    { head: t('partners.about'), cell: (row) => row.refers },
                    { head: t('ask.reason'), cell: (row) => row.reason },
                    {
                      head: t('list.do'),
                      cell: (row) =>
                        may('adjust') && (
                          <Button size="xs" variant="default" onClick={() => setPosting({ what: 'dispute_ended', dispute: row.id })}>
                            {t('partners.post.dispute_ended')}
                          </Button>
                        ),
                    },
                  ]}
                />
              </>
            )}
          </>
        )}
      </Shown>
      <Group mb="sm" justify="space-between">
        <Title order={3} size="h5">
          {t('partners.entries')}
        </Title>
        <Export name={`entries-${partner}`} rows={() => toTheEnd((after) => page(after, 1000))} />
      </Group>
      <Paged of={entries} none={t('partners.no_entries')}>
        {(rows) => (
          <Listing
            label={t('partners.entries')}
            rows={rows}
            keyOf={(row) => [row.recorded_at, row.event, row.what, row.points?.points, row.money].join(' ')}
            width={760}
            columns={[
              { head: t('coupons.when'), cell: (row) => format.moment(row.at) },
              { head: t('partners.what'), cell: (row) => t(`booked.${row.what}`) },
              { head: t('partners.points'), right: true, cell: (row) => (row.points ? `${format.number(row.points.amount)} ${row.points.points}` : '–') },
              { head: t('partners.amount'), right: true, cell: (row) => (statement.data ? format.money(row.money, statement.data.currency) : format.number(row.money)) },
              { head: t('list.member'), cell: (row) => (row.member ? <MemberLink id={row.member} /> : '–') },
              { head: t('partners.event'), cell: (row) => row.event ?? '–' },
              {
                head: t('list.do'),
                cell: (row) =>
                  may('adjust') &&
                  row.event && (
                    <Button size="xs" variant="default" onClick={() => setPosting({ what: 'disputed', refers: row.event ?? '' })} aria-label={`${t('partners.post.disputed')}: ${row.event}`}>
                      {t('partners.post.disputed')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Paged>
      {posting && <Book key={posting.what + posting.refers + posting.dispute} partner={partner} post={posting} close={() => setPosting(null)} />}
    </section>
  );
}

function Book({ partner, post, close }: { partner: string; post: Post; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [amount, setAmount] = useState('');
  const [refers, setRefers] = useState(post.refers ?? '');
  const [request] = useState(() => crypto.randomUUID());
  const money = post.what === 'paid_in' || post.what === 'corrected';
  const about = post.what === 'corrected' || post.what === 'disputed';
  return (
    <Ask
      opened
      close={close}
      title={t(`partners.post.${post.what}`)}
      confirm={t('partners.book')}
      needsReason
      ready={(!money || amount.trim() !== '') && (!about || refers.trim() !== '')}
      said={t('partners.book_said')}
      act={async (reason) => {
        await data(
          api.POST('/v1/partners/{partner}/posts', {
            params: { path: { partner }, header: { 'Idempotency-Key': request } },
            body: {
              what: post.what,
              reason,
              ...(money ? { amount: amount.trim() } : {}),
              ...(about ? { refers: refers.trim() } : {}),
              ...(post.dispute ? { dispute: post.dispute } : {}),
            },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['partners'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t(`partners.words.${post.what}`)}</Text>
          {money && <TextInput label={t('partners.amount')} required inputMode="decimal" value={amount} onChange={(event) => setAmount(event.currentTarget.value)} error={fault('/amount')} />}
          {about && <TextInput label={t('partners.about')} description={t('partners.about_how')} required value={refers} onChange={(event) => setRefers(event.currentTarget.value)} error={fault('/refers')} />}
        </Stack>
      )}
    </Ask>
  );
}
