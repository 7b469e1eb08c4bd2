// What points mean in the books: what is owed, what lapses unused, what was put off; and the months that
// are closed one after the other.
import { Alert, Badge, Button, Group, NativeSelect, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '../../api/client';
import type { components } from '../../api/schema';
import { useSession } from '../../api/session';
import { Ask } from '../../parts/ask';
import { Dialogue } from '../../parts/dialogue';
import { saveCsv } from '../../parts/download';
import { Figure } from '../../parts/figure';
import { useFormat } from '../../parts/format';
import { Empty, Shown } from '../../parts/state';

type Schemas = components['schemas'];
type Points = Schemas['PointsFinanceOut'];
type Period = Schemas['BooksPeriodOut'];

const MOVES = ['opening', 'issued', 'redeemed', 'expired', 'adjusted', 'transferred', 'shortfall', 'closing'] as const;

export function Finance() {
  const { t } = useTranslation();
  const format = useFormat();
  const finance = useQuery({ queryKey: ['finance'], queryFn: () => data(api.GET('/v1/finance')), staleTime: 300_000 });
  const [kind, setKind] = useState('');
  return (
    <Stack gap="lg">
      <Shown of={finance} lines={8}>
        {({ points, currency, as_of }) => {
          const one = points.find((it) => it.points === kind) ?? points.find((it) => it.liability) ?? points[0];
          if (!one) return <Empty title={t('finance.none')} />;
          return (
            <>
              <Group justify="space-between" align="flex-end">
                <Text size="sm" c="dimmed">
                  {t('home.as_of', { at: format.moment(as_of) })}
                </Text>
                {points.length > 1 && <NativeSelect label={t('finance.points')} value={one.points} onChange={(event) => setKind(event.currentTarget.value)} data={points.map((it) => it.points)} />}
              </Group>
              <Charts points={one} currency={currency} />
            </>
          );
        }}
      </Shown>
      <Books />
    </Stack>
  );
}

function Charts({ points, currency }: { points: Points; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { liability, breakage, cohorts, cost } = points;
  const money = (value: number | string) => format.money(value, currency);
  const share = (value: number | null | undefined) => (value === null || value === undefined ? '–' : format.share(value));
  const judged = cohorts.filter((it) => it.breakage !== null && it.breakage !== undefined);
  const put = cohorts.filter((it) => it.deferred);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
      {liability ? (
        <Figure
          title={t('finance.liability')}
          definition={t('finance.liability_definition')}
          sample={t('finance.liability_sample', { open: format.number(points.open), points: points.points, cost: money(liability.cost), full: money(liability.in_full) })}
          file={`liability-${points.points}`}
          drawing={{ kind: 'bars', across: liability.by_age.map((it) => t('finance.from_days', { days: it.from_days })), lines: [{ name: t('finance.liability'), values: liability.by_age.map((it) => Number(it.cost)) }] }}
          said={money}
          head={[t('finance.age'), t('finance.open'), t('finance.liability')]}
          rows={liability.by_age.map((it) => ({ cells: [it.from_days, it.points, it.cost], shown: [t('finance.from_days', { days: it.from_days }), format.number(it.points), money(it.cost)] }))}
        />
      ) : (
        <Alert color="gray" variant="light" title={t('finance.liability')}>
          {t('finance.no_worth')}
        </Alert>
      )}
      <Figure
        title={t('finance.breakage')}
        definition={t('finance.breakage_definition')}
        sample={breakage.share === null || breakage.share === undefined ? (breakage.why ?? '') : t('finance.breakage_sample', { share: share(breakage.share), count: judged.length })}
        file={`breakage-${points.points}`}
        drawing={
          judged.length > 0
            ? {
                kind: 'bars',
                across: judged.map((it) => format.month(it.month)),
                lines: [{ name: t('finance.breakage'), values: judged.map((it) => it.breakage ?? null) }],
                ranges: judged.map((it) => (it.breakage_low === null || it.breakage_low === undefined || it.breakage_high === null || it.breakage_high === undefined ? null : [it.breakage_low, it.breakage_high])),
              }
            : undefined
        }
        said={share}
        head={[t('home.month'), t('finance.issued'), t('finance.redeemed'), t('finance.expired'), t('finance.open'), t('finance.breakage'), t('insight.low'), t('insight.high')]}
        rows={cohorts.map((it) => ({
          cells: [it.month, it.issued, it.redeemed, it.expired, it.open, it.breakage, it.breakage_low, it.breakage_high],
          shown: [format.month(it.month), format.number(it.issued), format.number(it.redeemed), format.number(it.expired), format.number(it.open), share(it.breakage), share(it.breakage_low), share(it.breakage_high)],
        }))}
      />
      {cost.length > 0 && (
        <Figure
          title={t('finance.cost')}
          definition={t('finance.cost_definition')}
          sample={t('finance.months', { count: cost.length })}
          file={`cost-${points.points}`}
          drawing={{ kind: 'bars', across: cost.map((it) => format.month(it.month)), lines: [{ name: t('finance.cost'), values: cost.map((it) => Number(it.cost)) }] }}
          said={money}
          head={[t('home.month'), t('finance.cost')]}
          rows={cost.map((it) => ({ cells: [it.month, it.cost], shown: [format.month(it.month), money(it.cost)] }))}
        />
      )}
      {put.length > 0 && (
        <Figure
          title={t('finance.deferred')}
          definition={t('finance.deferred_definition')}
          sample={t('finance.months', { count: put.length })}
          file={`deferred-revenue-${points.points}`}
          drawing={{
            kind: 'bars',
            stacked: true,
            across: put.map((it) => format.month(it.month)),
            lines: [
              { name: t('finance.recognised'), values: put.map((it) => Number(it.deferred?.recognised)) },
              { name: t('finance.balance'), values: put.map((it) => Number(it.deferred?.balance)) },
            ],
          }}
          said={money}
          head={[t('home.month'), t('finance.sales'), t('finance.put_off'), t('finance.recognised'), t('finance.balance')]}
          rows={put.map((it) => ({
            cells: [it.month, it.deferred?.sales, it.deferred?.deferred, it.deferred?.recognised, it.deferred?.balance],
            shown: [format.month(it.month), ...(['sales', 'deferred', 'recognised', 'balance'] as const).map((name) => money(it.deferred?.[name] ?? '0'))],
          }))}
        />
      )}
    </SimpleGrid>
  );
}

const lines = (period: Period) => period.lines.map((line) => [period.period, line.points, ...MOVES.map((move) => line[move])]);

function Books() {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useSession();
  const queries = useQueryClient();
  const books = useQuery({ queryKey: ['finance', 'periods'], queryFn: () => data(api.GET('/v1/finance/periods')) });
  const [closing, setClosing] = useState<Period | null>(null);
  const [seen, setSeen] = useState<Period | null>(null);
  const head = [t('finance.period'), t('finance.points'), ...MOVES.map((move) => t(`finance.${move}`))];
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="books">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="books">
          {t('finance.books')}
        </Title>
        {books.data && books.data.periods.length > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => saveCsv('books-of-points', head, books.data.periods.flatMap(lines))}>
            CSV
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('finance.books_definition')}
      </Text>
      <Shown of={books}>
        {({ periods }) =>
          periods.length === 0 ? (
            <Empty title={t('finance.no_books')} />
          ) : (
            <Table.ScrollContainer minWidth={560} mah={420} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('finance.books') } }}>
              <Table verticalSpacing={6}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{t('finance.period')}</Table.Th>
                    <Table.Th scope="col">{t('finance.state')}</Table.Th>
                    <Table.Th scope="col">{t('finance.closing')}</Table.Th>
                    <Table.Th scope="col">{t('versions.do')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {[...periods].reverse().map((period) => (
                    <Table.Tr key={period.period}>
                      <Table.Th scope="row" fw={500}>
                        {period.period}
                      </Table.Th>
                      <Table.Td>
                        {period.closed ? (
                          <Text size="sm">{t('finance.closed_by', { by: period.closed_by, at: period.closed_at ? format.day(period.closed_at) : '' })}</Text>
                        ) : (
                          <Badge variant="default" tt="none">
                            {t('finance.is_open')}
                          </Badge>
                        )}
                      </Table.Td>
                      <Table.Td className="numbers">{period.lines.map((line) => `${format.number(line.closing)} ${line.points}`).join(' · ')}</Table.Td>
                      <Table.Td>
                        <Group gap="xs" wrap="nowrap">
                          <Button size="xs" variant="default" onClick={() => setSeen(period)} aria-label={t('finance.statement_of', { period: period.period })}>
                            {t('finance.statement')}
                          </Button>
                          {!period.closed && may('adjust') && (
                            <Button size="xs" onClick={() => setClosing(period)} aria-label={t('finance.close_of', { period: period.period })}>
                              {t('finance.close')}
                            </Button>
                          )}
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Shown>
      {seen && <Statement period={seen} close={() => setSeen(null)} />}
      <Ask
        opened={closing !== null}
        close={() => setClosing(null)}
        title={t('finance.close_of', { period: closing?.period })}
        confirm={t('finance.close')}
        said={t('finance.closed_said', { period: closing?.period })}
        act={async () => {
          await data(api.POST('/v1/finance/periods/{period}/close', { params: { path: { period: closing?.period ?? '' } } }));
          await queries.invalidateQueries({ queryKey: ['finance', 'periods'] });
        }}
      >
        {t('finance.close_words')}
      </Ask>
    </Paper>
  );
}

function Statement({ period, close }: { period: Period; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Dialogue opened onClose={close} size="lg" title={t('finance.statement_of', { period: period.period })}>
      <Stack>
        <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('finance.statement') } }}>
          <Table className="numbers" verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('finance.move')}</Table.Th>
                {period.lines.map((line) => (
                  <Table.Th key={line.points} scope="col">
                    {line.points}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {MOVES.map((move) => (
                <Table.Tr key={move}>
                  <Table.Th scope="row" fw={move === 'opening' || move === 'closing' ? 650 : 400}>
                    {t(`finance.${move}`)}
                  </Table.Th>
                  {period.lines.map((line) => (
                    <Table.Td key={line.points}>{format.number(line[move])}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Text size="sm" c="dimmed">
          {t('finance.sum')}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => saveCsv(`statement-${period.period}`, [t('finance.period'), t('finance.points'), ...MOVES.map((move) => t(`finance.${move}`))], lines(period))}>
            CSV
          </Button>
        </Group>
      </Stack>
    </Dialogue>
  );
}
