// Rewards: what there is, how many are left, and what has to be sent.
import { Badge, Button, Group, NumberInput, Select, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import { api, data, type Fulfilment, type Reward, toTheEnd } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { CodesField } from '../parts/codes-field';
import { firstFields } from '../parts/csv';
import { useFormat } from '../parts/format';
import { Export, Find, Listing, Nothing, Only, Paged, usePicked } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { Counts, OfferTitle } from '../parts/offer';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/rewards')({ component: RewardsPage });

/** From so few on, a stock is near its end. */
const FEW = 10;

function RewardsPage() {
  const { t } = useTranslation();
  const { of = 'catalogue' } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <>
      <PageHead title={t('rewards.title')} sub={t('rewards.sub')} />
      <Tabs value={of} keepMounted={false} onChange={(next) => void navigate({ search: next && next !== 'catalogue' ? { of: next } : {} })}>
        <Tabs.List mb="lg" aria-label={t('rewards.title')}>
          <Tabs.Tab value="catalogue">{t('rewards.catalogue')}</Tabs.Tab>
          <Tabs.Tab value="sent">{t('rewards.sent')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="catalogue">
          <Catalogue />
        </Tabs.Panel>
        <Tabs.Panel value="sent">
          <Sent />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Catalogue() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { find = '', only } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [stocking, setStocking] = useState<Reward | null>(null);
  const [coding, setCoding] = useState<Reward | null>(null);
  const rewards = useQuery(asks.rewards);
  const small = find.toLowerCase();
  const shown = (items: Reward[]) =>
    items.filter(
      (own) =>
        (own.title.toLowerCase().includes(small) || own.id.includes(small)) &&
        (only !== 'few' || (own.left !== undefined && own.left !== null && own.left <= FEW)) &&
        (only !== 'sent' || own.sent) &&
        (only !== 'codes' || own.codes),
    );
  return (
    <>
      <Group mb="md" align="end">
        <Find value={find} change={(find) => void navigate({ search: (old) => ({ ...old, find }), replace: true })} />
        <Only
          label={t('list.show')}
          data={(['few', 'sent', 'codes'] as const).map((value) => ({ value, label: t(`rewards.only.${value}`) }))}
          value={only}
          change={(only) => void navigate({ search: (old) => ({ ...old, only }), replace: true })}
        />
        <Export name="rewards" rows={() => shown(rewards.data?.items ?? []).map(({ says: _, limits: __, ...own }) => own)} />
      </Group>
      <Shown of={rewards} lines={6}>
        {({ items }) =>
          shown(items).length === 0 ? (
            <Nothing title={items.length ? t('list.none_fit') : t('rewards.none')}>{items.length ? '' : t('rewards.none_hint')}</Nothing>
          ) : (
            <Listing
              label={t('rewards.catalogue')}
              rows={shown(items)}
              keyOf={(own) => own.id}
              width={760}
              columns={[
                { head: t('rewards.reward'), cell: (own) => <OfferTitle offer={own} /> },
                {
                  head: t('rewards.price'),
                  cell: (own) => (own.price.length ? own.price.map((part) => `${format.number(part.amount)} ${part.points}`).join(' + ') : '–'),
                },
                { head: t('rewards.cost'), right: true, cell: (own) => (own.cost ? format.money(own.cost, own.currency) : '–') },
                {
                  head: t('rewards.left'),
                  right: true,
                  cell: (own) =>
                    own.left === undefined || own.left === null ? (
                      <Text size="sm" c="dimmed">
                        {t('rewards.not_counted')}
                      </Text>
                    ) : (
                      <>
                        {format.number(own.left)}{' '}
                        {own.left <= FEW && (
                          <Badge color="orange.9" variant="filled" tt="none">
                            {t('rewards.few')}
                          </Badge>
                        )}
                      </>
                    ),
                },
                {
                  head: t('offer.counts'),
                  cell: (own) => <Counts offer={own} />,
                },
                {
                  head: t('list.do'),
                  cell: (own) =>
                    may('adjust') && (
                      <Group gap="xs" wrap="nowrap">
                        {own.codes ? (
                          <Button size="xs" variant="default" onClick={() => setCoding(own)} aria-label={`${t('rewards.codes')}: ${own.title}`}>
                            {t('rewards.codes')}
                          </Button>
                        ) : (
                          own.left !== undefined &&
                          own.left !== null && (
                            <Button size="xs" variant="default" onClick={() => setStocking(own)} aria-label={`${t('rewards.stock')}: ${own.title}`}>
                              {t('rewards.stock')}
                            </Button>
                          )
                        )}
                      </Group>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {stocking && <Stock key={stocking.id} reward={stocking} close={() => setStocking(null)} />}
      {coding && <Codes key={coding.id} reward={coding} close={() => setCoding(null)} />}
    </>
  );
}

function Stock({ reward, close }: { reward: Reward; close: () => void }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const queries = useQueryClient();
  const [how, setHow] = useState<'up' | 'down' | 'set'>('up');
  const [count, setCount] = useState<string | number>('');
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('rewards.stock_of', { title: reward.title })}
      confirm={t('rewards.stock_do')}
      needsReason
      ready={count !== ''}
      said={t('rewards.stock_said')}
      act={async (reason) => {
        await data(
          api.POST('/v1/rewards/{reward}/stock', {
            params: { path: { reward: reward.id }, header: { 'Idempotency-Key': request } },
            body: { [how]: Number(count), reason, by: session?.name ?? null },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['rewards'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('rewards.stock_now', { count: reward.left ?? 0 })}</Text>
          <Select
            label={t('rewards.stock_how')}
            data={(['up', 'down', 'set'] as const).map((value) => ({ value, label: t(`rewards.stock_${value}`) }))}
            value={how}
            onChange={(next) => setHow((next ?? 'up') as typeof how)}
            allowDeselect={false}
          />
          <NumberInput label={t('rewards.count')} required min={0} allowDecimal={false} value={count} onChange={setCount} error={fault(`/${how}`)} />
        </Stack>
      )}
    </Ask>
  );
}

function Codes({ reward, close }: { reward: Reward; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [batch, setBatch] = useState(() => new Date().toISOString().slice(0, 10));
  const [text, setText] = useState('');
  const codes = firstFields(text);
  return (
    <Ask
      opened
      close={close}
      title={t('rewards.codes_of', { title: reward.title })}
      confirm={t('rewards.codes_do')}
      ready={codes.length > 0 && batch.trim() !== ''}
      said={t('rewards.codes_said')}
      act={async () => {
        await data(api.POST('/v1/rewards/{reward}/codes', { params: { path: { reward: reward.id } }, body: { batch: batch.trim(), codes } }));
        await queries.invalidateQueries({ queryKey: ['rewards'] });
      }}
    >
      {(fault) => (
        <Stack>
          <TextInput label={t('codes.batch')} description={t('codes.batch_how')} required value={batch} onChange={(event) => setBatch(event.currentTarget.value)} error={fault('/batch')} />
          <CodesField text={text} change={setText} error={fault('/codes')} />
        </Stack>
      )}
    </Ask>
  );
}

const STATES = ['ordered', 'dispatched', 'delivered', 'failed', 'returned', 'cancelled'] as const;
/** What may be said next of what has come so far. */
const NEXT: Record<string, readonly ('dispatched' | 'delivered' | 'failed' | 'returned')[]> = {
  ordered: ['dispatched', 'failed'],
  dispatched: ['delivered', 'failed', 'returned'],
  delivered: ['returned'],
};

function Sent() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { state } = Route.useSearch();
  const navigate = Route.useNavigate();
  const shown = state ?? 'ordered';
  const picking = usePicked();
  const [asked, setAsked] = useState<{ to: 'dispatched' | 'delivered' | 'failed' | 'returned'; all: Fulfilment[] } | null>(null);
  const page = (after: string | undefined) =>
    data(api.GET('/v1/fulfilments', { params: { query: { limit: 50, ...(shown === 'all' ? {} : { state: shown }), ...(after ? { after } : {}) } } }));
  const sent = useInfiniteQuery({
    queryKey: ['fulfilments', shown],
    queryFn: ({ pageParam }) => page(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const next = NEXT[shown] ?? [];
  return (
    <>
      <Group mb="md" align="end">
        <Select
          label={t('list.state')}
          data={[...STATES.map((value) => ({ value, label: t(`sent.${value}`) })), { value: 'all', label: t('list.all') }]}
          value={shown}
          allowDeselect={false}
          onChange={(to) => {
            picking.clear();
            void navigate({ search: (old) => ({ ...old, state: to ?? undefined }) });
          }}
        />
        <Export name={`sent-${shown}`} rows={() => toTheEnd(page)} />
      </Group>
      <Paged of={sent} none={t('rewards.none_sent')}>
        {(rows) => {
          const chosen = rows.filter((row) => picking.picked.has(row.redemption));
          return (
            <>
              {may('redeem') && next.length > 0 && (
                <Group mb="sm" role="group" aria-label={t('list.bulk')}>
                  <Text size="sm">{t('list.picked', { count: chosen.length })}</Text>
                  {next.map((to) => (
                    <Button key={to} size="xs" variant="default" disabled={chosen.length === 0} onClick={() => setAsked({ to, all: chosen })}>
                      {t(`sent.to.${to}`)}
                    </Button>
                  ))}
                </Group>
              )}
              <Listing
                label={t('rewards.sent')}
                rows={rows}
                keyOf={(row) => row.redemption}
                nameOf={(row) => `${row.reward} ${row.redemption}`}
                {...(next.length > 0 && may('redeem') ? { picking } : {})}
                width={760}
                columns={[
                  { head: t('rewards.reward'), cell: (row) => `${row.quantity > 1 ? `${row.quantity} × ` : ''}${row.reward}` },
                  { head: t('list.member'), cell: (row) => <MemberLink id={row.member} /> },
                  { head: t('rewards.address'), cell: (row) => row.address ?? <Text size="sm" c="dimmed">{t('rewards.no_address')}</Text> },
                  { head: t('list.state'), cell: (row) => t(`sent.${row.state}`) },
                  { head: t('list.since'), cell: (row) => format.moment(row.since) },
                  { head: t('rewards.tracking'), cell: (row) => [row.carrier, row.tracking].filter(Boolean).join(' ') || '–' },
                ]}
              />
            </>
          );
        }}
      </Paged>
      {asked && (
        <Send
          to={asked.to}
          all={asked.all}
          close={() => setAsked(null)}
          done={() => {
            picking.clear();
          }}
        />
      )}
    </>
  );
}

function Send({ to, all, close, done }: { to: 'dispatched' | 'delivered' | 'failed' | 'returned'; all: Fulfilment[]; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [carrier, setCarrier] = useState('');
  const [tracking, setTracking] = useState('');
  const [request] = useState(() => crypto.randomUUID());
  const back = to === 'failed' || to === 'returned';
  return (
    <Ask
      opened
      close={close}
      title={t(`sent.to.${to}`)}
      confirm={t(`sent.to.${to}`)}
      danger={back}
      needsReason={back}
      said={t('sent.said', { count: all.length })}
      act={async (reason) => {
        try {
          for (const own of all) {
            await data(
              api.POST('/v1/members/{member}/redemptions/{redemption}/fulfilment', {
                params: { path: { member: own.member, redemption: own.redemption }, header: { 'Idempotency-Key': `${request}-${own.redemption}` } },
                body: {
                  state: to,
                  ...(to === 'dispatched' && carrier ? { carrier } : {}),
                  ...(to === 'dispatched' && tracking && all.length === 1 ? { tracking } : {}),
                  ...(back ? { reason } : {}),
                },
              }),
            );
          }
          done();
        } finally {
          await queries.invalidateQueries({ queryKey: ['fulfilments'] });
        }
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t(back ? 'sent.back_words' : 'sent.words', { count: all.length })}</Text>
          {to === 'dispatched' && (
            <>
              <TextInput label={t('rewards.carrier')} value={carrier} onChange={(event) => setCarrier(event.currentTarget.value)} error={fault('/carrier')} />
              {all.length === 1 && (
                <TextInput label={t('rewards.tracking')} value={tracking} onChange={(event) => setTracking(event.currentTarget.value)} error={fault('/tracking')} />
              )}
            </>
          )}
        </Stack>
      )}
    </Ask>
  );
}
