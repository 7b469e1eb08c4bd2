// Paid membership: the plans, who is on them and how they stand, and payments that did not come.
import { Badge, Button, Card, Group, Select, SimpleGrid, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Subscriber, toTheEnd } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { Dialogue } from '../parts/dialogue';
import { useFormat } from '../parts/format';
import { Invoices } from '../parts/invoices';
import { Export, Listing, Nothing, Only, Paged, usePicked } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { OfferTitle } from '../parts/offer';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/memberships')({ component: MembershipsPage });

const STATUSES = ['trial', 'waiting', 'active', 'overdue', 'paused', 'ending'] as const;
type Action = 'join' | 'pause' | 'resume' | 'cancel';

function MembershipsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { plan, status } = Route.useSearch();
  const navigate = Route.useNavigate();
  const picking = usePicked();
  const [doing, setDoing] = useState<{ action: Action; all: Subscriber[] } | null>(null);
  const [bills, setBills] = useState<Subscriber | null>(null);
  const plans = useQuery({ queryKey: ['plans'], queryFn: () => data(api.GET('/v1/plans')) });
  const page = (after: string | undefined) =>
    data(api.GET('/v1/memberships', { params: { query: { limit: 50, ...(plan ? { plan } : {}), ...(status ? { status } : {}), ...(after ? { after } : {}) } } }));
  const found = useInfiniteQuery({
    queryKey: ['memberships', plan ?? '', status ?? ''],
    queryFn: ({ pageParam }) => page(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const title = (id: string) => plans.data?.items.find((own) => own.id === id)?.title ?? id;
  return (
    <>
      <PageHead title={t('memberships.title')} sub={t('memberships.sub')}>
        {may('redeem') && (plans.data?.items.length ?? 0) > 0 && (
          <Button variant="default" onClick={() => setDoing({ action: 'join', all: [] })}>
            {t('memberships.join')}
          </Button>
        )}
      </PageHead>
      <Shown of={plans} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t('memberships.no_plans')}>{t('memberships.no_plans_hint')}</Nothing>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }} mb="lg">
              {items.map((own) => (
                <Card withBorder key={own.id} component="section" aria-label={own.title}>
                  <OfferTitle offer={own} />
                  <Text className="figure" mt="xs">
                    {format.money(own.price, own.currency)}
                  </Text>
                </Card>
              ))}
            </SimpleGrid>
          )
        }
      </Shown>
      <Group mb="md" align="end">
        <Only
          label={t('memberships.plan')}
          data={(plans.data?.items ?? []).map((own) => ({ value: own.id, label: own.title }))}
          value={plan}
          change={(plan) => void navigate({ search: (old) => ({ ...old, plan }), replace: true })}
        />
        <Only
          label={t('list.state')}
          data={STATUSES.map((value) => ({ value, label: t(`plan_state.${value}`) }))}
          value={status}
          change={(status) => void navigate({ search: (old) => ({ ...old, status }), replace: true })}
        />
        <Export name="memberships" rows={() => toTheEnd(page)} />
      </Group>
      <Paged of={found} none={t(plan || status ? 'list.none_fit' : 'memberships.none')}>
        {(rows) => {
          const chosen = rows.filter((row) => picking.picked.has(row.member));
          return (
            <>
              {may('redeem') && (
                <Group mb="sm" role="group" aria-label={t('list.bulk')}>
                  <Text size="sm">{t('list.picked', { count: chosen.length })}</Text>
                  {(['pause', 'resume', 'cancel'] as const).map((action) => (
                    <Button key={action} size="xs" variant="default" disabled={chosen.length === 0} onClick={() => setDoing({ action, all: chosen })}>
                      {t(`memberships.do.${action}`)}
                    </Button>
                  ))}
                </Group>
              )}
              <Listing
                label={t('memberships.who')}
                rows={rows}
                keyOf={(row) => row.member}
                {...(may('redeem') ? { picking } : {})}
                width={760}
                columns={[
                  { head: t('list.member'), cell: (row) => <MemberLink id={row.member} /> },
                  { head: t('memberships.plan'), cell: (row) => title(row.plan) + (row.next_plan ? ` → ${title(row.next_plan)}` : '') },
                  {
                    head: t('list.state'),
                    cell: (row) => (
                      <Badge variant={row.status === 'overdue' ? 'filled' : 'default'} color={row.status === 'overdue' ? 'red.8' : 'teal'} tt="none">
                        {t(`plan_state.${row.status}`)}
                      </Badge>
                    ),
                  },
                  { head: t('list.since'), cell: (row) => format.day(row.since) },
                  { head: t('memberships.until'), cell: (row) => format.day(row.until) },
                  {
                    head: t('memberships.invoices'),
                    cell: (row) => (
                      <Button size="xs" variant="default" onClick={() => setBills(row)}>
                        {row.open_invoice ? t('memberships.open_invoice', { number: row.open_invoice }) : t('memberships.see_invoices')}
                        <VisuallyHidden>{` ${row.member}`}</VisuallyHidden>
                      </Button>
                    ),
                  },
                ]}
              />
            </>
          );
        }}
      </Paged>
      {doing && <Do key={doing.action} action={doing.action} all={doing.all} plans={plans.data?.items ?? []} close={() => setDoing(null)} done={picking.clear} />}
      {bills && (
        <Dialogue opened onClose={() => setBills(null)} title={t('memberships.invoices')} size="xl">
          <Invoices member={bills.member} />
        </Dialogue>
      )}
    </>
  );
}

function Do({ action, all, plans, close, done }: { action: Action; all: Subscriber[]; plans: { id: string; title: string }[]; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [who, setWho] = useState('');
  const [plan, setPlan] = useState<string | null>(plans[0]?.id ?? null);
  const [request] = useState(() => crypto.randomUUID());
  const joins = action === 'join';
  const members = joins ? [who.trim()] : all.map((own) => own.member);
  return (
    <Ask
      opened
      close={close}
      title={t(`memberships.do.${action}`)}
      confirm={t(`memberships.do.${action}`)}
      danger={action === 'cancel'}
      ready={!joins || (who.trim() !== '' && plan !== null)}
      said={t('memberships.said', { count: members.length })}
      act={async () => {
        try {
          for (const member of members) {
            await data(
              api.POST('/v1/members/{member}/membership', {
                params: { path: { member }, header: { 'Idempotency-Key': `${request}-${member}` } },
                body: { action, ...(joins ? { plan } : {}) },
              }),
            );
          }
          done();
        } finally {
          await queries.invalidateQueries({ queryKey: ['memberships'] });
          await queries.invalidateQueries({ queryKey: ['member'] });
        }
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t(`memberships.words.${action}`, { count: members.length })}</Text>
          {joins && (
            <>
              <TextInput label={t('list.member')} description={t('merge.into_how')} required value={who} onChange={(event) => setWho(event.currentTarget.value)} error={fault('/member')} />
              <Select label={t('memberships.plan')} data={plans.map((own) => ({ value: own.id, label: own.title }))} value={plan} onChange={setPlan} allowDeselect={false} error={fault('/plan')} />
            </>
          )}
        </Stack>
      )}
    </Ask>
  );
}
