// The pictures about customers.
import { Alert, Anchor, NativeSelect, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Drawing } from '../../parts/drawing';
import { Figure, type FigureRow } from '../../parts/figure';
import { OneByOne } from '../../parts/one-by-one';
import { useFigures } from './format';
import { type Coming, type Metric, type Report, refused } from './report';
import { useSaid } from './said';
import { useSearch } from './search';

/** So many periods after the first are shown. */
const AGES = 13;

type Figures = ReturnType<typeof useFigures>;
type Props = { report: Report; figures: Figures };

/** A number in a table that opens who is behind it. */
function Opens({ list, label, children }: { list: string; label: string; children: string }) {
  const { set } = useSearch();
  return (
    <Anchor component="button" type="button" size="sm" underline="always" c="bright" className="numbers" aria-label={`${children}: ${label}`} onClick={() => set({ list })}>
      {children}
    </Anchor>
  );
}

export function Customers({ report }: { report: Report }) {
  const figures = useFigures(report.currency, report.decimals);
  const props = { report, figures };
  return (
    <Stack gap="lg">
      <OneByOne first={2}>
        <Findings {...props} />
        <OverTime {...props} />
        <Cohorts {...props} />
        <Scores {...props} />
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <OneByOne>
            <Segments {...props} />
            <Worth {...props} />
            <KindsOfLoyalty {...props} />
            <Tenure {...props} />
          </OneByOne>
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <OneByOne>
            {report.coming.map((it) => (
              <Forecast key={`${it.what} ${it.category ?? ''}`} coming={it} {...props} />
            ))}
          </OneByOne>
        </SimpleGrid>
      </OneByOne>
    </Stack>
  );
}

function Findings({ report, figures }: Props) {
  const { t } = useTranslation();
  const said = useSaid(figures);
  if (report.findings.length === 0) return null;
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="findings">
      <Title order={2} size="h4" mb="xs" id="findings">
        {t('insight.findings')}
      </Title>
      <ul className="plain-list">
        {report.findings.map((it) => {
          const { what, why, advice } = said.finding(it);
          return (
            <li key={it.finding}>
              <Text size="sm" fw={600}>
                {it.mood === 'good' ? '▲ ' : it.mood === 'worrying' ? '▼ ' : '• '}
                {what}
              </Text>
              <Text size="sm" c="dimmed" mb="xs">
                {why} {advice}
              </Text>
            </li>
          );
        })}
      </ul>
    </Paper>
  );
}

const within = (name: string, from?: string, to?: string) => (!from || name >= from) && (!to || name <= to);

function OverTime({ report, figures }: Props) {
  const { t } = useTranslation();
  const { search, set } = useSearch();
  const words = useSaid(figures);
  const all = report.figures.filter((it) => it.periods.some((period) => period.value !== null));
  const metric: Metric | undefined = all.find((it) => it.metric === (search.metric ?? 'repurchase_rate')) ?? all[0];
  if (!metric) return null;
  const group = metric.groups.find((it) => it.name === search.group);
  const periods = metric.periods.filter((it) => within(it.name, search.from, search.to));
  const { name, definition, population } = words.metric(metric);
  const said = (value: number) => figures.value(metric.unit, value);
  const whole = group ?? metric.figure;
  const drawing: Drawing = {
    kind: 'lines',
    across: periods.map((it) => it.name),
    lines: [{ name, values: periods.map((it) => it.value) }],
    ...(periods.some((it) => it.interval) ? { band: { low: periods.map((it) => it.interval?.low ?? it.value), high: periods.map((it) => it.interval?.high ?? it.value) } } : {}),
  };
  const rows = [...periods, ...metric.groups];
  return (
    <Figure
      title={name}
      definition={definition}
      sample={[
        group ? t('insight.of_group', { group: group.name }) : t('insight.over_all'),
        `${said(whole.value ?? NaN).replace('NaN', '–')} (${figures.number(whole.numerator)} / ${figures.number(whole.denominator)})`,
        whole.interval ? t('insight.interval', { low: said(whole.interval.low), high: said(whole.interval.high), method: words.method(whole.interval.method) }) : '',
        t('insight.customers_behind', { count: whole.customers }),
        population,
      ].filter(Boolean).join(' · ')}
      drawing={drawing}
      said={said}
      file={metric.metric}
      head={[t('insight.period'), t('insight.value'), t('insight.low'), t('insight.high'), t('insight.customers_n')]}
      rows={rows.map((it): FigureRow => ({
        cells: [it.name, it.value, it.interval?.low, it.interval?.high, it.customers],
        shown: [it.name, figures.value(metric.unit, it.value), figures.value(metric.unit, it.interval?.low), figures.value(metric.unit, it.interval?.high),
          metric.metric === 'churn_rate' && it.value !== null && metric.periods.includes(it) ? <Opens key="n" list={`lost=${it.name}`} label={t('insight.list.lost', { period: it.name })}>{figures.number(it.customers)}</Opens> : figures.number(it.customers)],
      }))}
      {...(metric.metric === 'churn_rate' ? { pick: (x: number) => set({ list: `lost=${periods[x]?.name ?? ''}` }) } : {})}
    >
      <NativeSelect mb="sm" w="fit-content" label={t('insight.metric')} value={metric.metric} onChange={(event) => set({ metric: event.currentTarget.value })} data={all.map((it) => ({ value: it.metric, label: words.metric(it).name }))} />
    </Figure>
  );
}

function Cohorts({ report, figures }: Props) {
  const { t } = useTranslation();
  const { search, set } = useSearch();
  const rows = useMemo(() => report.cohorts.filter((it) => within(it.cohort, search.from, search.to)), [report, search.from, search.to]);
  const longest = Math.min(AGES, Math.max(0, ...rows.map((row) => row.cells.length)));
  const across = Array.from({ length: longest }, (_, age) => `+${age}`);
  const share = (row: Report['cohorts'][number], age: number) => (row.cells[age]?.customers ?? 0) / (row.cells[0]?.customers || 1);
  const cells = rows.flatMap((row, y) => across.flatMap((_, x) => (x > 0 && x < row.cells.length ? [{ x, y, value: share(row, x), shown: figures.share(share(row, x)) }] : x === 0 ? [{ x, y, value: 0, shown: figures.number(row.cells[0]?.customers ?? 0) }] : [])));
  const members = rows.reduce((sum, row) => sum + (row.cells[0]?.customers ?? 0), 0);
  if (rows.length === 0) return null;
  return (
    <Figure
      title={t('insight.cohorts')}
      definition={t('insight.cohorts_definition')}
      sample={t('insight.cohorts_sample', { count: members, cohorts: rows.length })}
      file="cohorts"
      height={Math.max(180, rows.length * 26 + 50)}
      drawing={{ kind: 'grid', across, down: rows.map((row) => row.cohort), cells, most: Math.max(0.01, ...cells.map((cell) => cell.value)) }}
      pick={(x, y) => set({ list: x === 0 ? `cohort=${rows[y]?.cohort}` : `cohort=${rows[y]?.cohort}+${x}` })}
      head={[t('insight.cohort'), ...across]}
      rows={rows.map((row) => ({
        cells: [row.cohort, ...across.map((_, age) => (age < row.cells.length ? (row.cells[age]?.customers ?? 0) : ''))],
        shown: [
          row.cohort,
          ...across.map((_, age) => {
            const customers = row.cells[age]?.customers ?? 0;
            if (age >= row.cells.length) return '';
            const text = age === 0 ? figures.number(customers) : figures.share(share(row, age));
            const list = age === 0 ? `cohort=${row.cohort}` : `cohort=${row.cohort}+${age}`;
            return customers > 0 ? <Opens key={age} list={list} label={`${row.cohort} +${age}`}>{text}</Opens> : text;
          }),
        ],
      }))}
    />
  );
}

function Scores({ report, figures }: Props) {
  const { t } = useTranslation();
  const { set } = useSearch();
  const at = (recency: number, frequency: number) => report.scores.find((it) => it.recency === recency && it.frequency === frequency);
  const five = [1, 2, 3, 4, 5];
  const all = report.scores.reduce((sum, it) => sum + it.customers, 0);
  if (all === 0) return null;
  return (
    <Figure
      title={t('insight.rfm')}
      definition={t('insight.rfm_definition')}
      sample={t('insight.sample', { count: all })}
      file="rfm"
      height={290}
      drawing={{
        kind: 'grid',
        across: five.map((score) => t('insight.recency_n', { score })),
        down: five.map((score) => t('insight.frequency_n', { score })),
        upwards: true,
        cells: report.scores.map((it) => ({ x: it.recency - 1, y: it.frequency - 1, value: it.customers, shown: figures.number(it.customers) })),
        most: Math.max(...report.scores.map((it) => it.customers)),
      }}
      pick={(x, y) => set({ list: `scores=${x + 1}-${y + 1}` })}
      head={[t('insight.frequency'), ...five.map((score) => t('insight.recency_n', { score }))]}
      rows={[...five].reverse().map((frequency) => ({
        cells: [frequency, ...five.map((recency) => at(recency, frequency)?.customers ?? 0)],
        shown: [
          t('insight.frequency_n', { score: frequency }),
          ...five.map((recency) => {
            const customers = at(recency, frequency)?.customers ?? 0;
            return customers > 0 ? <Opens key={recency} list={`scores=${recency}-${frequency}`} label={t('insight.list.scores', { recency, frequency })}>{figures.number(customers)}</Opens> : '0';
          }),
        ],
      }))}
    />
  );
}

function Segments({ report, figures }: Props) {
  const { t } = useTranslation();
  const { set } = useSearch();
  const rows = report.segments;
  const all = rows.reduce((sum, it) => sum + it.customers, 0);
  return (
    <Figure
      title={t('insight.segments')}
      definition={t('insight.segments_definition')}
      sample={t('insight.sample', { count: all })}
      file="segments"
      drawing={{ kind: 'bars', across: rows.map((row) => t(`segment.${row.segment}`)), lines: [{ name: t('insight.customers_n'), values: rows.map((row) => row.customers) }] }}
      said={figures.rough}
      pick={(x) => set({ list: `segment=${rows[x]?.segment}` })}
      head={[t('insight.segment'), t('insight.customers_n'), t('insight.spent')]}
      rows={rows.map((row) => ({
        cells: [row.segment, row.customers, Number(row.spent) / 10 ** report.decimals],
        shown: [
          t(`segment.${row.segment}`),
          row.customers > 0 ? <Opens key="n" list={`segment=${row.segment}`} label={t(`segment.${row.segment}`)}>{figures.number(row.customers)}</Opens> : '0',
          figures.money(row.spent),
        ],
      }))}
    />
  );
}

function NotSaid({ title, why }: { title: string; why: string }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <Alert color="gray" variant="light" title={t('insight.not_said')}>
        {why}
      </Alert>
    </Paper>
  );
}

function Worth({ report, figures }: Props) {
  const { t } = useTranslation();
  const { set } = useSearch();
  const words = useSaid(figures);
  const title = t('insight.worth');
  const outlook = report.outlook;
  if (refused(outlook)) return <NotSaid title={title} why={words.refusal(outlook)} />;
  if (refused(outlook.value)) return <NotSaid title={title} why={words.refusal(outlook.value)} />;
  const tenths = outlook.value.tenths_minor_units;
  const major = (minor: number) => minor / 10 ** report.decimals;
  const name = (at: number) => t('insight.tenth_n', { tenth: at + 1 });
  return (
    <Figure
      title={title}
      definition={t('insight.worth_definition', { months: outlook.months, margin: figures.share(outlook.margin), discount: figures.share(outlook.discount_yearly) })}
      sample={t('insight.worth_sample', { count: outlook.customers, total: figures.money(outlook.value.total_minor_units) })}
      file="lifetime-value"
      drawing={{ kind: 'bars', across: tenths.map((_, at) => String(at + 1)), lines: [{ name: title, values: tenths.map(major) }] }}
      said={(value) => figures.money(value * 10 ** report.decimals)}
      pick={(x) => set({ list: `tenth=${x + 1}` })}
      head={[t('insight.tenth'), t('insight.each')]}
      rows={tenths.map((value, at) => ({ cells: [at + 1, major(value)], shown: [name(at), <Opens key="v" list={`tenth=${at + 1}`} label={name(at)}>{figures.money(value)}</Opens>] }))}
    />
  );
}

function KindsOfLoyalty({ report, figures }: Props) {
  const { t } = useTranslation();
  const { set } = useSearch();
  const { kinds, judged, too_few_purchases, undecided } = report.kinds;
  return (
    <Figure
      title={t('insight.kinds')}
      definition={t('insight.kinds_definition')}
      sample={t('insight.kinds_sample', { count: judged, few: figures.number(too_few_purchases), undecided: figures.number(undecided) })}
      file="kinds-of-loyalty"
      drawing={{ kind: 'bars', across: kinds.map((it) => t(`loyalty.${it.kind}`)), lines: [{ name: t('insight.customers_n'), values: kinds.map((it) => it.customers) }] }}
      said={figures.rough}
      pick={(x) => set({ list: `kind=${kinds[x]?.kind}` })}
      head={[t('insight.kind'), t('insight.customers_n'), t('insight.share')]}
      rows={kinds.map((it) => ({
        cells: [it.kind, it.customers, it.share],
        shown: [
          t(`loyalty.${it.kind}`),
          it.customers > 0 ? <Opens key="n" list={`kind=${it.kind}`} label={t(`loyalty.${it.kind}`)}>{figures.number(it.customers)}</Opens> : '0',
          it.share === null ? '–' : figures.share(it.share),
        ],
      }))}
    />
  );
}

function Tenure({ report, figures }: Props) {
  const { t } = useTranslation();
  const { set } = useSearch();
  const rows = report.tenure.filter((it) => it.age > 0 && it.figure.value !== null).slice(0, 24);
  const all = rows.reduce((sum, it) => sum + Number(it.figure.denominator), 0);
  if (rows.length === 0) return <NotSaid title={t('insight.tenure')} why={t('metric.churn_rate.definition')} />;
  return (
    <Figure
      title={t('insight.tenure')}
      definition={t('insight.tenure_definition', { days: report.window_days })}
      sample={t('insight.tenure_sample', { count: all })}
      file="churn-by-tenure"
      drawing={{
        kind: 'bars',
        across: rows.map((it) => `+${it.age}`),
        lines: [{ name: t('insight.tenure'), values: rows.map((it) => it.figure.value) }],
        ranges: rows.map((it) => (it.figure.interval ? [it.figure.interval.low, it.figure.interval.high] : null)),
      }}
      said={figures.share}
      pick={(x) => set({ list: `lost_after=${rows[x]?.age}` })}
      head={[t('insight.periods_since'), t('insight.value'), t('insight.low'), t('insight.high'), t('insight.lost_n'), t('insight.active_n')]}
      rows={rows.map(({ age, figure }) => ({
        cells: [age, figure.value, figure.interval?.low, figure.interval?.high, Number(figure.numerator), Number(figure.denominator)],
        shown: [
          `+${age}`,
          figures.share(figure.value ?? 0),
          figure.interval ? figures.share(figure.interval.low) : '–',
          figure.interval ? figures.share(figure.interval.high) : '–',
          Number(figure.numerator) > 0 ? <Opens key="n" list={`lost_after=${age}`} label={t('insight.list.lost_after', { age })}>{figures.number(figure.numerator)}</Opens> : '0',
          figures.number(figure.denominator),
        ],
      }))}
    />
  );
}

function Forecast({ coming, report, figures }: Props & { coming: Coming }) {
  const { t } = useTranslation();
  const { search } = useSearch();
  const words = useSaid(figures);
  const kind = t(`coming.${coming.what}`, { defaultValue: coming.what });
  const name = coming.category ? `${kind} · ${coming.category}` : kind;
  const title = t('insight.forecast', { what: name });
  const { forecast } = coming;
  if (refused(forecast)) return <NotSaid title={title} why={words.refusal(forecast)} />;
  const money = ['revenue', 'program_cost', 'discounts'].includes(coming.what);
  const scale = money ? 10 ** report.decimals : 1;
  const said = (value: number) => (money ? figures.money(value * scale) : figures.rough(value));
  const names = report.figures.find((it) => it.metric === 'revenue')?.periods.map((it) => it.name) ?? [];
  const begin = Math.max(0, names.indexOf(coming.first));
  const past = coming.past.map((value, at) => ({ name: names[begin + at] ?? `${at}`, value: value / scale })).filter((it) => within(it.name, search.from)).slice(-36);
  const ahead = forecast.ahead.map((it, at) => ({ name: `+${at + 1}`, value: it.value / scale, low: it.low / scale, high: it.high / scale }));
  const last = past.at(-1)?.value ?? null;
  const blank = past.map(() => null);
  return (
    <Figure
      title={title}
      definition={t('insight.forecast_definition', { method: words.way(forecast.method), level: figures.share(forecast.level) })}
      sample={t('insight.forecast_sample', {
        count: coming.past.length,
        forecasts: forecast.back_test.forecasts,
        mase: forecast.back_test.mase === null ? '–' : figures.rough(forecast.back_test.mase),
        coverage: forecast.back_test.coverage === null ? '–' : figures.share(forecast.back_test.coverage),
      })}
      file={`forecast-${coming.what}`}
      drawing={{
        kind: 'lines',
        across: [...past, ...ahead].map((it) => it.name),
        lines: [
          { name: t('insight.past'), values: [...past.map((it) => it.value), ...ahead.map(() => null)] },
          { name: t('insight.ahead'), values: [...blank.slice(1), last, ...ahead.map((it) => it.value)] },
        ],
        band: { low: [...blank.slice(1), last, ...ahead.map((it) => it.low)], high: [...blank.slice(1), last, ...ahead.map((it) => it.high)] },
      }}
      said={said}
      head={[t('insight.period'), name, t('insight.low'), t('insight.high')]}
      rows={[
        ...past.map((it) => ({ cells: [it.name, it.value, '', ''], shown: [it.name, said(it.value), '', ''] })),
        ...ahead.map((it) => ({ cells: [it.name, it.value, it.low, it.high], shown: [it.name, said(it.value), said(it.low), said(it.high)] })),
      ]}
    />
  );
}
