// What something brought, against those who were held out; and what that could show, before it starts.
import { Group, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiftOf, NoLiftOf, PowerOf } from '../api/client';
import { useFigures } from '../pages/insight/format';
import { useFormat } from './format';
import { Listing } from './listing';
import { Shown } from './state';

export type LiftAsked = { metric: string; days: number };

const METRICS = ['spend', 'orders', 'returned'];
const DAYS = [7, 14, 30, 60, 90, 180];

/** `ask` gets it; `name` is the key under which it is kept. */
export function Lift({ name, ask }: { name: string[]; ask: (asked: LiftAsked) => Promise<LiftOf> }) {
  const { t } = useTranslation();
  const id = useId();
  const [metric, setMetric] = useState('spend');
  const [days, setDays] = useState(30);
  const found = useQuery({ queryKey: [...name, 'lift', metric, days], queryFn: () => ask({ metric, days }) });
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" align="flex-end" mb="xs">
        <div>
          <Title order={2} size="h5" id={id}>
            {t('lift.title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('lift.sub')}
          </Text>
        </div>
        <Group gap="xs">
          <Select label={t('lift.metric')} allowDeselect={false} data={METRICS.map((own) => ({ value: own, label: t(`lift.metrics.${own}`) }))} value={metric} onChange={(own) => setMetric(own ?? metric)} />
          <Select label={t('lift.days')} allowDeselect={false} data={DAYS.map(String)} value={String(days)} onChange={(own) => setDays(Number(own ?? days))} />
        </Group>
      </Group>
      <Shown of={found} lines={5}>
        {(own) => <Found lift={own} />}
      </Shown>
    </section>
  );
}

function Found({ lift }: { lift: LiftOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid(lift);
  const rows = [
    { name: t('lift.treated'), own: lift.treated },
    { name: t('lift.held_out'), own: lift.held_out },
  ];
  const gone = lift.earlier + lift.unknown + lift.control_group;
  return (
    <Stack gap="xs">
      <Listing
        label={t('lift.title')}
        rows={rows}
        keyOf={(row) => row.name}
        width={480}
        columns={[
          { head: t('lift.group'), cell: (row) => row.name },
          { head: t('lift.customers'), right: true, cell: (row) => format.number(row.own.customers) },
          { head: t('lift.buyers'), right: true, cell: (row) => format.number(row.own.buyers) },
          { head: t(`lift.each.${lift.metric}`), right: true, cell: (row) => said(row.own.mean) },
          { head: t('lift.waiting'), right: true, cell: (row) => format.number(row.own.waiting) },
        ]}
      />
      <Answer lift={lift} />
      <AnyDay lift={lift} />
      <Text size="sm" c="dimmed">
        {t('lift.since', { day: format.day(lift.since) })}
        {gone > 0 && ` ${t('lift.left_out', { earlier: format.number(lift.earlier), unknown: format.number(lift.unknown), control: format.number(lift.control_group) })}`}
      </Text>
      {!lift.complete && <Text size="sm">{t('lift.reading')}</Text>}
    </Stack>
  );
}

/** A mean of this lift in words. */
function useSaid(lift: LiftOf) {
  const figures = useFigures(lift.currency, lift.decimals);
  const format = useFormat();
  return (value?: number | null) => {
    if (value === undefined || value === null) return '–';
    return lift.unit === 'count' ? format.number(Math.round(value * 1000) / 1000) : figures.value(lift.unit, value);
  };
}

function Answer({ lift }: { lift: LiftOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid(lift);
  if (!lift.answer) return <No why={lift.no_answer} head={t('lift.no_answer')} />;
  const { each, interval, relative, in_all } = lift.answer;
  const share = relative === undefined || relative === null ? '' : ` (${format.change(relative)})`;
  return (
    <div>
      <Text fw={600}>{t('lift.answer', { each: `${said(each)}${share}`, low: said(interval.low), high: said(interval.high) })}</Text>
      {lift.metric !== 'returned' && <Text size="sm">{t('lift.in_all', { sum: said(in_all) })}</Text>}
    </div>
  );
}

function AnyDay({ lift }: { lift: LiftOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = useSaid(lift);
  // One reason is enough where both have the same.
  if (!lift.any_day) return lift.no_any_day?.code === lift.no_answer?.code ? null : <No why={lift.no_any_day} head={t('lift.no_any_day')} />;
  const { interval, shows, day } = lift.any_day;
  return (
    <div>
      <Text size="sm">{t('lift.any_day', { day: format.number(day), low: said(interval.low), high: said(interval.high) })}</Text>
      <Text size="sm" fw={600}>
        {t(shows ? 'lift.shows' : 'lift.shows_nothing')}
      </Text>
    </div>
  );
}

function No({ why, head }: { why: NoLiftOf | null | undefined; head: string }) {
  const { t } = useTranslation();
  if (!why) return null;
  return <Text size="sm">{`${head} ${t(`lift.refusals.${why.code}_why`)}`}</Text>;
}

/** What could be told, before it starts. */
export function Power({ power }: { power: PowerOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const figures = useFigures(power.currency, power.decimals);
  const { least, relative, warning } = power;
  const share = relative === undefined || relative === null ? '' : ` (${figures.share(relative)})`;
  return (
    <div role="status">
      <Text size="sm">{t('lift.power', { members: format.number(power.members), held: format.number(power.held_out), each: figures.money(power.each), days: format.number(power.days) })}</Text>
      {least !== undefined && least !== null && <Text size="sm">{t('lift.least', { least: `${figures.money(least)}${share}` })}</Text>}
      {warning && (
        <Text size="sm" fw={600}>
          {t(`lift.warnings.${warning}_why`)}
        </Text>
      )}
    </div>
  );
}
