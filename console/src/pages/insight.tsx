// What the shop's customers do, and what its points mean in the books. What is chosen is kept in the
// address, so that a view can be sent to somebody.
import { Alert, Button, Group, NativeSelect, Progress, Stack, Tabs, Text } from '@mantine/core';
import { createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../parts/format';
import { Empty, PageHead, Problem, Shown, Waiting } from '../parts/state';
import { Behind } from './insight/behind';
import { Customers } from './insight/customers';
import { Finance } from './insight/finance';
import { useReport } from './insight/report';
import { useSearch } from './insight/search';

export const Route = createLazyRoute('/shell/insight')({ component: InsightPage });

const PERIODS = ['month', 'quarter', 'year', 'week'] as const;
const FIELDS = ['', 'store', 'channel', 'category'] as const;

function InsightPage() {
  const { t } = useTranslation();
  const { search, set } = useSearch();
  return (
    <>
      <PageHead title={t('insight.title')} sub={t('insight.sub')} />
      <Tabs value={search.view ?? 'customers'} onChange={(view) => set({ view: view === 'customers' ? '' : (view ?? '') })} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t('insight.title')}>
          <Tabs.Tab value="customers">{t('insight.customers')}</Tabs.Tab>
          <Tabs.Tab value="finance">{t('insight.finance')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="customers">
          <CustomersView />
        </Tabs.Panel>
        <Tabs.Panel value="finance">
          <Finance />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function CustomersView() {
  const { t } = useTranslation();
  const format = useFormat();
  const { search, set } = useSearch();
  const period = search.period ?? 'month';
  const by = search.by ?? '';
  const { list, done, result, running, failed, begin } = useReport({ period, by });
  const names = result.data?.figures.find((figure) => figure.metric === 'revenue')?.periods.map((it) => it.name) ?? [];
  const groups = result.data?.figures.find((figure) => figure.groups.length > 0)?.groups.map((it) => it.name) ?? [];
  const every = { value: '', label: t('insight.all') };
  return (
    <Stack gap="lg">
      <Group align="flex-end" gap="sm" component="form" role="search" aria-label={t('insight.choose')}>
        <NativeSelect label={t('insight.period')} value={period} onChange={(event) => set({ period: event.currentTarget.value === 'month' ? '' : event.currentTarget.value, from: '', to: '', list: '' })} data={PERIODS.map((value) => ({ value, label: t(`insight.by_${value}`) }))} />
        <NativeSelect label={t('insight.from')} value={search.from ?? ''} onChange={(event) => set({ from: event.currentTarget.value })} data={[every, ...names.map((value) => ({ value, label: value }))]} />
        <NativeSelect label={t('insight.to')} value={search.to ?? ''} onChange={(event) => set({ to: event.currentTarget.value })} data={[every, ...names.map((value) => ({ value, label: value }))]} />
        <NativeSelect label={t('insight.by')} value={by} onChange={(event) => set({ by: event.currentTarget.value, group: '', list: '' })} data={FIELDS.map((value) => ({ value, label: value ? t(`insight.field_${value}`) : t('insight.undivided') }))} />
        {groups.length > 0 && (
          <NativeSelect label={t('insight.group')} value={search.group ?? ''} onChange={(event) => set({ group: event.currentTarget.value })} data={[every, ...groups.map((value) => ({ value, label: value || t('insight.no_name') }))]} />
        )}
        <NativeSelect
          label={t('insight.segment')}
          value={search.list?.startsWith('segment=') ? search.list : ''}
          onChange={(event) => set({ list: event.currentTarget.value })}
          data={[{ value: '', label: t('insight.no_list') }, ...(result.data?.segments ?? []).map((row) => ({ value: `segment=${row.segment}`, label: t(`segment.${row.segment}`) }))]}
        />
        <Button variant="default" loading={begin.isPending || !!running} onClick={() => begin.mutate()}>
          {t('insight.anew')}
        </Button>
      </Group>
      {list.error && <Problem error={list.error} again={() => void list.refetch()} />}
      {begin.error && <Problem error={begin.error} />}
      {failed && !running && (failed.message.includes('purchase') && !done ? <Empty title={t('insight.nothing')}>{t('insight.nothing_hint')}</Empty> : <Problem error={failed} again={() => begin.mutate()} />)}
      {running && (
        <Alert color="teal" variant="light" role="status" title={t('insight.working')}>
          <Progress value={running.percent} aria-label={t('insight.working')} color="teal.8" />
        </Alert>
      )}
      {done ? (
        <Shown of={result} lines={10}>
          {(report) => (
            <>
              <Text size="sm" c="dimmed">
                {t('insight.as_of', { at: format.moment(done.begun_at), first: format.day(`${report.first}T12:00:00Z`), last: format.day(`${report.last}T12:00:00Z`), days: report.window_days })}
              </Text>
              <Customers report={report} />
            </>
          )}
        </Shown>
      ) : (
        !failed && !list.error && !begin.error && <Waiting lines={10} />
      )}
      {search.list && <Behind list={search.list} period={period} by={by} close={() => set({ list: '' })} />}
    </Stack>
  );
}
