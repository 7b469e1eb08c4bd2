// Coupons: campaigns, their codes, and what happened to a code.
import { Badge, Button, Card, Group, NumberInput, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import { api, type Campaign, type CouponCode, data, toTheEnd } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { CodesField } from '../parts/codes-field';
import { firstFields } from '../parts/csv';
import { useFormat } from '../parts/format';
import { Icon } from '../parts/icon';
import { PageLink } from '../parts/link';
import { Export, Listing, Nothing, Only, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { Counts, OfferTitle } from '../parts/offer';
import { PageHead, Shown } from '../parts/state';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/coupons')({ component: CouponsPage });

function CouponsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { code = '', coupon } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [typed, setTyped] = useState(code);
  const [making, setMaking] = useState<Campaign | null>(null);
  const [bringing, setBringing] = useState<Campaign | null>(null);
  const campaigns = useQuery(asks.coupons);
  const chosen = campaigns.data?.items.find((own) => own.id === coupon);
  return (
    <>
      <PageHead title={t('coupons.title')} sub={t('coupons.sub')} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ search: (old) => ({ ...old, code: typed.trim() || undefined }) });
        }}
      >
        <Group mb="md" align="end">
          <TextInput
            type="search"
            label={t('coupons.find')}
            description={t('coupons.find_how')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            leftSection={<Icon name="search" />}
          />
          <Button type="submit" color="teal.9">
            {t('coupons.look')}
          </Button>
        </Group>
      </form>
      {code && <OneCode key={code} code={code} />}
      <Shown of={campaigns} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t('coupons.none')}>{t('coupons.none_hint')}</Nothing>
          ) : (
            <Listing
              label={t('coupons.campaigns')}
              rows={items}
              keyOf={(own) => own.id}
              width={760}
              columns={[
                { head: t('coupons.campaign'), cell: (own) => <OfferTitle offer={own} /> },
                {
                  head: t('coupons.codes'),
                  cell: (own) =>
                    own.word ? (
                      <>
                        <Badge variant="default" tt="none">
                          {own.word}
                        </Badge>{' '}
                        {t('coupons.for_all')}
                      </>
                    ) : (
                      <PageLink to="/coupons" search={{ coupon: own.id }}>
                        {t('coupons.made', { count: own.made })}
                      </PageLink>
                    ),
                },
                {
                  head: t('offer.counts'),
                  cell: (own) => <Counts offer={own} />,
                },
                {
                  head: t('list.do'),
                  cell: (own) =>
                    may('adjust') &&
                    !own.word && (
                      <Group gap="xs" wrap="nowrap">
                        <Button size="xs" variant="default" onClick={() => setMaking(own)} aria-label={`${t('coupons.make')}: ${own.title}`}>
                          {t('coupons.make')}
                        </Button>
                        <Button size="xs" variant="default" onClick={() => setBringing(own)} aria-label={`${t('coupons.bring')}: ${own.title}`}>
                          {t('coupons.bring')}
                        </Button>
                      </Group>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {chosen && !chosen.word && (
        <section aria-labelledby="codes">
          <Title order={2} size="h4" mb="xs" id="codes">
            {t('coupons.codes_of', { title: chosen.title })}
          </Title>
          {chosen.batches.length > 0 && (
            <Text size="sm" c="dimmed" mb="sm">
              {chosen.batches.map((batch) => t('coupons.batch', { made: format.number(batch.made), at: format.moment(batch.created_at) })).join(' · ')}
            </Text>
          )}
          <CodesOf coupon={chosen.id} />
        </section>
      )}
      {making && <Make key={making.id} campaign={making} close={() => setMaking(null)} />}
      {bringing && <Bring key={bringing.id} campaign={bringing} close={() => setBringing(null)} />}
    </>
  );
}

function CodeState({ code }: { code: CouponCode }) {
  const { t } = useTranslation();
  return (
    <Badge variant={code.status === 'void' || code.status === 'expired' ? 'default' : 'light'} color="teal" c="bright" tt="none">
      {t(`code.${code.status}`)}
    </Badge>
  );
}

const STATES = ['issued', 'assigned', 'used', 'expired', 'void'] as const;

function CodesOf({ coupon }: { coupon: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state } = Route.useSearch();
  const navigate = Route.useNavigate();
  const page = (after: string | undefined, limit: number) =>
    data(api.GET('/v1/coupons/{coupon}/codes', { params: { path: { coupon }, query: { limit, ...(state ? { state } : {}), ...(after ? { after } : {}) } } }));
  const codes = useInfiniteQuery({
    queryKey: ['coupons', coupon, 'codes', state ?? ''],
    queryFn: ({ pageParam }) => page(pageParam || undefined, 50),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <>
      <Group mb="sm" align="end">
        <Only
          label={t('list.state')}
          data={STATES.map((value) => ({ value, label: t(`code.${value}`) }))}
          value={state}
          change={(state) => void navigate({ search: (old) => ({ ...old, state }), replace: true })}
        />
        <Export name={`codes-${coupon}`} rows={() => toTheEnd((after) => page(after, 1000))} />
      </Group>
      <Paged of={codes} none={t(state ? 'coupons.none_so' : 'coupons.no_codes')}>
        {(rows) => (
          <Listing
            label={t('coupons.codes')}
            rows={rows}
            keyOf={(row) => row.code}
            columns={[
              {
                head: t('coupons.code'),
                cell: (row) => (
                  <PageLink to="/coupons" search={(old: object) => ({ ...old, code: row.code })} className="code">
                    {row.code}
                  </PageLink>
                ),
              },
              { head: t('list.state'), cell: (row) => <CodeState code={row} /> },
              { head: t('coupons.used'), right: true, cell: (row) => `${format.number(row.used)} / ${format.number(row.uses)}` },
              { head: t('list.member'), cell: (row) => (row.member ? <MemberLink id={row.member} /> : '–') },
              { head: t('coupons.issued'), cell: (row) => format.day(row.issued_at) },
              { head: t('coupons.expires'), cell: (row) => (row.expires_at ? format.moment(row.expires_at) : '–') },
            ]}
          />
        )}
      </Paged>
    </>
  );
}

function Make({ campaign, close }: { campaign: Campaign; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  const [count, setCount] = useState<string | number>(100);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('coupons.make_of', { title: campaign.title })}
      confirm={t('coupons.make')}
      ready={Number(count) > 0}
      said={t('coupons.make_said')}
      act={async () => {
        await data(
          api.POST('/v1/coupons/{coupon}/codes', { params: { path: { coupon: campaign.id }, header: { 'Idempotency-Key': request } }, body: { count: Number(count) } }),
        );
        await queries.invalidateQueries({ queryKey: ['coupons'] });
        await navigate({ search: (old) => ({ ...old, coupon: campaign.id }) });
      }}
    >
      {(fault) => (
        <NumberInput label={t('coupons.count')} description={t('coupons.count_most')} required min={1} max={100_000} allowDecimal={false} value={count} onChange={setCount} error={fault('/count')} />
      )}
    </Ask>
  );
}

function Bring({ campaign, close }: { campaign: Campaign; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  const [text, setText] = useState('');
  const [request] = useState(() => crypto.randomUUID());
  const codes = firstFields(text);
  return (
    <Ask
      opened
      close={close}
      title={t('coupons.bring_of', { title: campaign.title })}
      confirm={t('coupons.bring')}
      ready={codes.length > 0}
      said={t('coupons.bring_said')}
      act={async () => {
        const out = await data(
          api.POST('/v1/coupons/{coupon}/codes/import', { params: { path: { coupon: campaign.id }, header: { 'Idempotency-Key': request } }, body: { codes } }),
        );
        tell(t('coupons.brought', { added: out.added, known: out.known.length, wrong: out.wrong.length }));
        await queries.invalidateQueries({ queryKey: ['coupons'] });
        await navigate({ search: (old) => ({ ...old, coupon: campaign.id }) });
      }}
    >
      {(fault) => <CodesField text={text} change={setText} error={fault('/codes')} />}
    </Ask>
  );
}

type Doing = 'use' | 'undo' | 'void' | 'assign';

function OneCode({ code }: { code: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [doing, setDoing] = useState<Doing | null>(null);
  const asked = useQuery({
    queryKey: ['code', code],
    queryFn: () => data(api.GET('/v1/codes/{code}', { params: { path: { code } } })),
    retry: false,
  });
  return (
    <Card withBorder mb="lg" component="section" aria-label={t('coupons.code_is', { code })}>
      <Shown of={asked} lines={3}>
        {(own) => (
          <>
            <Group justify="space-between" mb="sm">
              <Group gap="sm">
                <Title order={2} size="h4" className="code">
                  {own.code}
                </Title>
                <CodeState code={own} />
                <Text size="sm">{t('coupons.used_times', { used: own.used, uses: own.uses })}</Text>
                {own.member && <MemberLink id={own.member} />}
              </Group>
              <Group gap="xs">
                {may('redeem') && own.status !== 'void' && own.used < own.uses && (
                  <Button variant="default" size="xs" onClick={() => setDoing('use')}>
                    {t('coupons.do.use')}
                  </Button>
                )}
                {may('adjust') && own.used > 0 && (
                  <Button variant="default" size="xs" onClick={() => setDoing('undo')}>
                    {t('coupons.do.undo')}
                  </Button>
                )}
                {may('adjust') && own.status !== 'void' && (
                  <>
                    <Button variant="default" size="xs" onClick={() => setDoing('assign')}>
                      {t('coupons.do.assign')}
                    </Button>
                    <Button variant="default" size="xs" onClick={() => setDoing('void')}>
                      {t('coupons.do.void')}
                    </Button>
                  </>
                )}
              </Group>
            </Group>
            <Table className="numbers" aria-label={t('coupons.history')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('coupons.when')}</Table.Th>
                  <Table.Th scope="col">{t('coupons.what')}</Table.Th>
                  <Table.Th scope="col">{t('list.member')}</Table.Th>
                  <Table.Th scope="col">{t('coupons.order')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                <Table.Tr>
                  <Table.Td>{format.moment(own.issued_at)}</Table.Td>
                  <Table.Td>{t('coupons.issued')}</Table.Td>
                  <Table.Td>–</Table.Td>
                  <Table.Td>–</Table.Td>
                </Table.Tr>
                {own.history?.map((step, at) => (
                  <Table.Tr key={at}>
                    <Table.Td>{format.moment(step.at)}</Table.Td>
                    <Table.Td>{t(`code.step.${step.what}`)}</Table.Td>
                    <Table.Td>
                      <MemberLink id={step.member} />
                    </Table.Td>
                    <Table.Td>{step.order ?? '–'}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {doing && <DoCode own={own} doing={doing} close={() => setDoing(null)} />}
          </>
        )}
      </Shown>
    </Card>
  );
}

function DoCode({ own, doing, close }: { own: CouponCode; doing: Doing; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const last = own.history?.filter((step) => step.what === 'used').at(-1);
  const [who, setWho] = useState(doing === 'undo' ? (last?.member ?? '') : (own.member ?? ''));
  const [order, setOrder] = useState(doing === 'undo' ? (last?.order ?? '') : '');
  const [request] = useState(() => crypto.randomUUID());
  const needsWho = doing !== 'void';
  const id = who.trim();
  const named = (() => {
    const at = id.indexOf(':');
    return at > 0 ? { customer: { kind: id.slice(0, at), value: id.slice(at + 1) } } : { member: id };
  })();
  return (
    <Ask
      opened
      close={close}
      title={`${t(`coupons.do.${doing}`)}: ${own.code}`}
      confirm={t(`coupons.do.${doing}`)}
      danger={doing === 'void'}
      needsReason={doing === 'undo'}
      ready={!needsWho || id !== ''}
      said={t('coupons.done_said')}
      act={async (reason) => {
        if (doing === 'void') {
          await data(api.POST('/v1/codes/{code}/void', { params: { path: { code: own.code } } }));
        } else {
          const event = {
            type: `code_${doing}`,
            source: 'console',
            id: request,
            ...named,
            code: own.code,
            ...(doing !== 'assign' && order.trim() ? { order: order.trim() } : {}),
            ...(doing === 'undo' ? { reason } : {}),
          };
          await data(api.POST('/v1/events', { body: event as never }));
        }
        await queries.invalidateQueries({ queryKey: ['code'] });
        await queries.invalidateQueries({ queryKey: ['coupons'] });
        await queries.invalidateQueries({ queryKey: ['member'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t(`coupons.words.${doing}`)}</Text>
          {needsWho && (
            <TextInput
              label={t('list.member')}
              description={t('merge.into_how')}
              required
              value={who}
              onChange={(event) => setWho(event.currentTarget.value)}
              error={fault('/member') ?? fault('/customer')}
            />
          )}
          {(doing === 'use' || doing === 'undo') && (
            <TextInput label={t('coupons.order')} value={order} onChange={(event) => setOrder(event.currentTarget.value)} error={fault('/order')} />
          )}
        </Stack>
      )}
    </Ask>
  );
}
