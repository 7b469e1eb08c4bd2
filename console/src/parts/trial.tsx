// Tries a program on orders before it is published: the shop's own, sample orders, or a file that
// somebody brings. Nothing is written.
import { Alert, Button, FileInput, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '../api/client';
import type { components } from '../api/schema';
import { Figure } from './figure';
import { useFormat } from './format';
import { Problem, Waiting } from './state';

type Schemas = components['schemas'];
type Tried = Schemas['TrialOut'];
type Side = Schemas['TrialSideOut'];
export type On = 'shop' | 'sample' | 'file';

/** The most that the server takes, without what stands around the file. */
const FILE_MOST = 15 * 1024 * 1024;

export function Trial({ program, against, choices, basket: wanted }: { program: string; against?: string | undefined; choices: On[]; basket?: string }) {
  const { t } = useTranslation();
  const [on, setOn] = useState<On>(choices[0] ?? 'shop');
  const [basket, setBasket] = useState(wanted ?? '25');
  const [file, setFile] = useState<File | null>(null);
  const trying = useMutation({
    mutationFn: async () =>
      data(
        api.POST('/v1/programs/try', {
          body: { program, on, columns: [], ...(against ? { against } : {}), ...(on === 'sample' ? { basket } : {}), ...(on === 'file' && file ? { file: await file.text() } : {}) },
        }),
      ),
  });
  const large = !!file && file.size > FILE_MOST;
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <NativeSelect label={t('trial.on')} value={on} onChange={(event) => setOn(event.currentTarget.value as On)} data={choices.map((value) => ({ value, label: t(`trial.on_${value}`) }))} />
        {on === 'sample' && !wanted && <TextInput label={t('start.basket')} inputMode="decimal" value={basket} onChange={(event) => setBasket(event.currentTarget.value)} w={130} />}
        {on === 'file' && (
          <FileInput label={t('trial.file')} description={t('trial.file_how')} placeholder={t('trial.choose')} accept=".csv,.txt,.ndjson,.jsonl,text/csv" value={file} onChange={setFile} error={large ? t('trial.large') : undefined} w={280} clearable clearButtonProps={{ 'aria-label': t('trial.no_file') }} />
        )}
        <Button variant="default" loading={trying.isPending} disabled={on === 'file' && (!file || large)} onClick={() => trying.mutate()}>
          {t('trial.do')}
        </Button>
      </Group>
      {trying.error && <Problem error={trying.error} />}
      {trying.isPending && <Waiting lines={5} />}
      {trying.data && !trying.isPending && <Result tried={trying.data} />}
    </Stack>
  );
}

const KEYS = ['issued', 'redeemed', 'expired'] as const;

/** Sums of all months, by kind of points, in the order of the file. */
function totals(side: Side) {
  const sums = new Map<string, { issued: number; redeemed: number; expired: number; closing: string; liability: string | undefined; cost: number | undefined }>();
  for (const month of side.months) {
    const sum = sums.get(month.points) ?? { issued: 0, redeemed: 0, expired: 0, closing: '0', liability: undefined, cost: undefined };
    for (const key of KEYS) sum[key] += Number(month[key]);
    sum.closing = String(month.closing);
    sum.liability = month.liability === null || month.liability === undefined ? undefined : String(month.liability);
    if (month.cost !== null && month.cost !== undefined) sum.cost = (sum.cost ?? 0) + Number(month.cost);
    sums.set(month.points, sum);
  }
  return sums;
}

function Result({ tried }: { tried: Tried }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { candidate, against, sides } = tried;
  const now = totals(candidate);
  const before = against ? totals(against) : undefined;
  const money = (amount: number | string | undefined) => (amount === undefined ? '–' : format.money(amount, tried.currency));
  const pair = (one: string, other: string | undefined) => (other === undefined || other === one ? one : `${other} → ${one}`);
  const kinds = [...now.keys()];
  const main = kinds.find((kind) => now.get(kind)?.liability !== undefined) ?? kinds[0];
  const rows = candidate.months.filter((month) => month.points === main);
  const old = new Map(against?.months.filter((month) => month.points === main).map((month) => [month.month, month]));
  return (
    <Stack gap="sm" role="status">
      <Text size="sm">{t('trial.read', { events: format.number(tried.events), members: format.number(tried.members), rejected: format.number(tried.rejected) })}</Text>
      {tried.rejects.length > 0 && (
        <Alert color="yellow" variant="light" title={t('trial.rejects')}>
          {tried.rejects.map((reject) => (
            <Text key={reject} size="sm" lang="en">
              {reject}
            </Text>
          ))}
        </Alert>
      )}
      {kinds.length > 0 ? (
        <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('trial.totals') } }}>
          <Table className="numbers" verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('finance.points')}</Table.Th>
                {KEYS.map((key) => (
                  <Table.Th key={key} scope="col">
                    {t(`finance.${key}`)}
                  </Table.Th>
                ))}
                <Table.Th scope="col">{t('finance.closing')}</Table.Th>
                <Table.Th scope="col">{t('finance.liability')}</Table.Th>
                <Table.Th scope="col">{t('trial.cost')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {kinds.map((kind) => {
                const [one, other] = [now.get(kind), before?.get(kind)];
                return (
                  <Table.Tr key={kind}>
                    <Table.Th scope="row">{kind}</Table.Th>
                    {KEYS.map((key) => (
                      <Table.Td key={key}>{pair(format.number(one?.[key] ?? 0), other && format.number(other[key]))}</Table.Td>
                    ))}
                    <Table.Td>{pair(format.number(one?.closing ?? '0'), other && format.number(other.closing))}</Table.Td>
                    <Table.Td>{pair(money(one?.liability), other && money(other.liability))}</Table.Td>
                    <Table.Td>{pair(money(one?.cost), other && money(other.cost))}</Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <Text size="sm">{t('trial.no_points')}</Text>
      )}
      {sides && <Text size="sm">{t('trial.sides', { more: format.number(sides.more), less: format.number(sides.less), mixed: format.number(sides.mixed), same: format.number(sides.same) })}</Text>}
      {candidate.tiers.length > 0 && <Text size="sm">{t('trial.tiers', { tiers: candidate.tiers.map((it) => `${it.tier}: ${format.number(it.members)}`).join(', ') })}</Text>}
      {tried.tier_moves.map((move) => (
        <Text size="sm" key={move.from + move.to}>
          {t('plan.tier_moves', { count: move.members, from: move.from || '–', to: move.to || '–' })}
        </Text>
      ))}
      {rows.length > 0 && (
        <Figure
          title={t('trial.months', { points: main })}
          definition={t('trial.months_definition')}
          sample={t('trial.sample', { events: format.number(tried.events), members: format.number(tried.members) })}
          file="trial"
          height={220}
          drawing={{
            kind: 'bars',
            across: rows.map((month) => format.month(month.month)),
            lines: [...(against ? [{ name: t('trial.today'), values: rows.map((month) => Number(old.get(month.month)?.issued ?? 0)) }] : []), { name: t('trial.candidate'), values: rows.map((month) => Number(month.issued)) }],
          }}
          said={format.number}
          head={[t('home.month'), ...KEYS.map((key) => t(`finance.${key}`)), t('finance.closing'), t('finance.liability')]}
          rows={rows.map((month) => ({ cells: [month.month, month.issued, month.redeemed, month.expired, month.closing, month.liability], shown: [format.month(month.month), ...KEYS.map((key) => format.number(month[key])), format.number(month.closing), money(month.liability ?? undefined)] }))}
        />
      )}
      <Text size="xs" c="dimmed">
        {t('trial.caveat')}
      </Text>
    </Stack>
  );
}
