// Today at a glance, and what needs somebody.
import { ActionIcon, Badge, Button, Card, Group, Paper, Progress, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import { api, data, type Month, type Overview } from '../api/client';
import { useSession } from '../api/session';
import { Chart } from '../parts/chart';
import { Dialogue } from '../parts/dialogue';
import { useFormat } from '../parts/format';
import { Icon } from '../parts/icon';
import { PageLink } from '../parts/link';
import { useQueues } from '../parts/queues';
import { Empty, PageHead, Shown, Waiting } from '../parts/state';
import { STAYING, useReport } from './insight/report';

/** From so much of a budget on, it is said. */
const NEAR = 0.8;

/** So many of a list are counted; beyond that it is more. */
const MANY = 100;

/** From so few on, a stock is near its end. */
const FEW = 10;

/** A month in which so many times what is usual was issued is unusual, and one with so small a part of it. */
const UNUSUAL = 1.5;

/** Kinds of points of which the last whole month issued far more or less than the median of those before. */
export function unusual(months: Month[]) {
  const kinds = [...new Set(months.map((month) => month.points))];
  return kinds.flatMap((points) => {
    const whole = months.filter((month) => month.points === points).slice(0, -1);
    const last = whole.at(-1);
    const before = whole.slice(0, -1).map((month) => Number(month.issued)).sort((one, other) => one - other);
    // What is usual cannot be said of less than half a year.
    if (!last || before.length < 6) return [];
    const usual = Math.round(before[Math.floor(before.length / 2)] ?? 0);
    const issued = Number(last.issued);
    const strange = usual > 0 && (issued > usual * UNUSUAL || issued < usual / UNUSUAL);
    return strange ? [{ points, issued, usual, month: last.month }] : [];
  });
}

export function HomePage() {
  const { t } = useTranslation();
  const format = useFormat();
  const overview = useQuery(asks.overview);
  return (
    <>
      <PageHead title={t('home.title')} sub={overview.data ? t('home.as_of', { at: format.moment(overview.data.as_of) }) : undefined} />
      <Shown of={overview} lines={8}>
        {(shop) => (
          <>
            <Figures shop={shop} />
            <Loyalty />
            <Attention shop={shop} />
            <Movement months={shop.months} />
          </>
        )}
      </Shown>
    </>
  );
}

/** The kind of points that is worth money comes first: what members spend. */
function mainKind(months: Month[]): string | undefined {
  return (months.find((month) => month.liability !== undefined) ?? months[0])?.points;
}

function Figures({ shop }: { shop: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const kind = mainKind(shop.months);
  const rows = shop.months.filter((month) => month.points === kind);
  // The last whole month against the one before: a month that has just begun says nothing yet.
  const [before, last] = [rows.at(-3), rows.at(-2)];
  const now = rows.at(-1);
  const share = shop.members ? shop.active / shop.members : 0;
  const moved = (name: 'issued' | 'redeemed' | 'expired') =>
    last && (
      <Figure
        key={name}
        name={name}
        title={t(`home.${name}`, { points: kind })}
        value={format.number(last[name])}
        now={Number(last[name])}
        before={before ? Number(before[name]) : undefined}
        of={t('home.in_month', { month: format.month(last.month) })}
        behind={{ metric: `points_${name}`, list: `points_${name}=${last.month.slice(0, 7)}` }}
      />
    );
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mb="lg">
      <Figure name="members" title={t('home.members')} value={format.number(shop.members)} of={t('home.members_of')} />
      <Figure
        name="active"
        title={t('home.active')}
        value={format.share(share)}
        now={shop.active}
        before={shop.active_before}
        of={t('home.active_of', { count: shop.active, days: shop.active_days })}
        behind={{ list: `since=${shop.active_since}` }}
      />
      {now?.liability !== undefined && (
        <Figure
          name="liability"
          title={t('home.liability')}
          value={format.money(now.liability ?? '0', now.currency)}
          now={Number(now.liability)}
          before={last?.liability ? Number(last.liability) : undefined}
          of={t('home.liability_of', { amount: format.number(now.closing), points: kind })}
          behind={{ metric: 'points_open', list: 'points_open=all' }}
        />
      )}
      {moved('issued')}
      {moved('redeemed')}
      {moved('expired')}
    </SimpleGrid>
  );
}

/** What the newest report says of whether customers stay: of the last whole month, against the one before. */
function Loyalty() {
  const { t } = useTranslation();
  const format = useFormat();
  const report = useReport({ period: 'month', by: '' });
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mb="lg">
      {STAYING.map((name) => {
        const found = report.result.data?.figures.find((own) => own.metric === name);
        const whole = found?.periods.slice(0, -1).filter((own) => own.value !== null && own.value !== undefined) ?? [];
        const [before, last] = [whole.at(-2), whole.at(-1)];
        const value = last?.value ?? undefined;
        const said = found?.unit === 'share' ? format.share : (score: number) => format.number(String(Math.round(score)));
        const none = found || report.failed ? t('home.not_measured') : t('home.worked_out');
        return (
          <Figure
            key={name}
            name={name}
            title={t(`home.${name}`)}
            value={value === undefined ? '–' : said(value)}
            now={value}
            before={before?.value && before.value > 0 ? before.value : undefined}
            said={said}
            of={last ? t('home.in_month', { month: format.month(`${last.name}-01`) }) : none}
            behind={last && { metric: name, list: `${name}=${last.name}` }}
          />
        );
      })}
    </SimpleGrid>
  );
}

/** A figure; it opens what it means, what it was before, and who is behind it. */
function Figure({
  name,
  title,
  value,
  of,
  now,
  before,
  said,
  behind,
}: {
  name: string;
  title: string;
  value: string;
  of: string;
  now?: number | undefined;
  before?: number | undefined;
  said?: (amount: number) => string;
  /** Where on the page of insight those stand who are counted; all members, if nothing. */
  behind?: { metric?: string; list: string } | undefined;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [opened, { open, close }] = useDisclosure();
  const change = now !== undefined && before ? (now - before) / before : undefined;
  return (
    <Card withBorder component="section" aria-label={title}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Group gap="xs" align="baseline">
        <span className="figure">{value}</span>
        {change !== undefined && (
          <Text size="sm" c="dimmed" className="numbers" title={t('home.against')}>
            {change > 0 ? '▲' : change < 0 ? '▼' : '='} {format.change(change)}
          </Text>
        )}
      </Group>
      <Group justify="space-between" wrap="nowrap" align="flex-end">
        <Text size="xs" c="dimmed">
          {of}
        </Text>
        <ActionIcon variant="subtle" color="gray" size="sm" onClick={open} aria-label={t('home.open_figure', { figure: title })}>
          <Icon name="help" size={16} />
        </ActionIcon>
      </Group>
      <Dialogue opened={opened} onClose={close} title={title}>
        <Stack gap="sm">
          <Text size="sm">{t(`home.means.${name}`)}</Text>
          <Text className="numbers">
            {value} <Text span size="sm" c="dimmed">{of}</Text>
          </Text>
          {change !== undefined && (
            <Text size="sm" className="numbers">
              {t('home.period_before')}: {said ? said(before ?? 0) : format.number(before ?? 0)} ({format.change(change)})
            </Text>
          )}
          <Text size="sm">
            {behind ? (
              <PageLink to="/insight" search={behind}>
                {t('home.see_behind')}
              </PageLink>
            ) : (
              <PageLink to="/members">{t('home.see_members')}</PageLink>
            )}
          </Text>
        </Stack>
      </Dialogue>
    </Card>
  );
}

function Attention({ shop }: { shop: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useSession();
  const queues = useQueues();
  const near = shop.budgets.filter((budget) => Number(budget.most) > 0 && Number(budget.used) / Number(budget.most) >= NEAR);
  const waiting = Object.entries(queues)
    .map(([name, queue]) => ({ name, count: queue.data?.items.length ?? 0 }))
    .filter((queue) => queue.count > 0);
  const asking = Object.values(queues).some((queue) => queue.isPending);
  const toSend = useQuery({
    queryKey: ['fulfilments', 'count'],
    queryFn: () => data(api.GET('/v1/fulfilments', { params: { query: { state: 'ordered', limit: MANY } } })),
  });
  const overdue = useQuery({
    queryKey: ['memberships', 'count'],
    queryFn: () => data(api.GET('/v1/memberships', { params: { query: { status: 'overdue', limit: MANY } } })),
  });
  const webhooks = useQuery({ ...asks.webhooks, enabled: may('admin') });
  const failing = webhooks.data?.items.filter((own) => own.failing_since || (own.paused && own.paused !== 'hand')).length ?? 0;
  const rewards = useQuery(asks.rewards);
  const few = rewards.data?.items.filter((own) => own.left !== undefined && own.left !== null && own.left <= FEW).length ?? 0;
  const counted = (page: { items: unknown[]; next?: string | null } | undefined) => (page ? `${page.items.length}${page.next ? '+' : ''}` : '0');
  const chores = [
    { key: 'send', count: counted(toSend.data), to: '/rewards', search: { of: 'sent' }, text: 'home.to_send' },
    { key: 'overdue', count: counted(overdue.data), to: '/memberships', search: { status: 'overdue' }, text: 'home.overdue' },
    { key: 'webhooks', count: String(failing), to: '/settings', search: { of: 'webhooks' }, text: 'home.failing' },
    { key: 'few', count: String(few), to: '/rewards', search: { only: 'few' }, text: 'home.few_left' },
  ].filter((chore) => chore.count !== '0');
  const strange = unusual(shop.months);
  return (
    <Paper withBorder p="lg" mb="lg" component="section" aria-labelledby="attention">
      <Title order={2} size="h4" mb="sm" id="attention">
        {t('home.attention')}
      </Title>
      {asking && <Waiting lines={2} />}
      {!asking && waiting.length === 0 && near.length === 0 && chores.length === 0 && strange.length === 0 && <Empty title={t('home.all_done')} />}
      <ul className="plain-list">
        {waiting.map((queue) => (
          <Group component="li" key={queue.name} mb="xs" gap="sm">
            <Badge color="teal.9" variant="filled" miw={34}>
              {queue.count}
            </Badge>
            <PageLink to="/reviews" search={{ of: queue.name }}>
              {t(`home.wait.${queue.name}`, { count: queue.count })}
            </PageLink>
          </Group>
        ))}
        {chores.map((chore) => (
          <Group component="li" key={chore.key} mb="xs" gap="sm">
            <Badge color="teal.9" variant="filled" miw={34}>
              {chore.count}
            </Badge>
            <PageLink to={chore.to} search={chore.search}>
              {t(chore.text, { count: chore.count as never })}
            </PageLink>
          </Group>
        ))}
        {strange.map((own) => (
          <Text component="li" size="sm" mb="xs" key={own.points}>
            {t('home.unusual', { points: own.points, issued: format.number(own.issued), month: format.month(own.month), usual: format.number(own.usual) })}
          </Text>
        ))}
        {near.map((budget) => {
          const part = Number(budget.used) / Number(budget.most);
          return (
            <li key={budget.kind + budget.id + (budget.points ?? '')}>
              <Text size="sm">
                {t('home.budget', {
                  of: [budget.kind, budget.id].filter(Boolean).join(' '),
                  used: format.number(budget.used),
                  most: format.number(budget.most),
                  points: budget.points ?? t('home.times'),
                })}
              </Text>
              <Progress value={Math.min(100, part * 100)} color="orange.8" aria-label={[budget.kind, budget.id].join(' ')} />
            </li>
          );
        })}
      </ul>
    </Paper>
  );
}

function Movement({ months }: { months: Month[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [table, setTable] = useState(false);
  const kind = mainKind(months);
  const rows = months.filter((month) => month.points === kind);
  if (rows.length === 0) return null;
  const columns = ['issued', 'redeemed', 'expired', 'adjusted', 'closing'] as const;
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="movement">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="movement">
          {t('home.movement', { points: kind })}
        </Title>
        <Button size="xs" variant="default" onClick={() => setTable(!table)} aria-pressed={table}>
          {table ? t('home.as_chart') : t('home.as_table')}
        </Button>
      </Group>
      {table ? (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('home.movement', { points: kind }) } }}>
          <Table className="numbers" striped>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('home.month')}</Table.Th>
                {columns.map((name) => (
                  <Table.Th scope="col" ta="right" key={name}>
                    {t(`home.column.${name}`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.month}>
                  <Table.Th scope="row" fw={400}>
                    {format.month(row.month)}
                  </Table.Th>
                  {columns.map((name) => (
                    <Table.Td ta="right" key={name}>
                      {format.number(row[name])}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <Chart
          label={t('home.movement', { points: kind })}
          across={rows.map((row) => format.month(row.month))}
          lines={(['issued', 'redeemed', 'expired'] as const).map((name) => ({
            name: t(`home.column.${name}`),
            values: rows.map((row) => Number(row[name])),
          }))}
        />
      )}
    </Paper>
  );
}
