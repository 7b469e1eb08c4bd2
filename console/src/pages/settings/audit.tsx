// Who did what: filtered, read back, exported, proved.
import { Badge, Button, Card, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Act, api, data } from '../../api/client';
import { useFormat } from '../../parts/format';
import { Empty, Problem, Waiting } from '../../parts/state';

/** A day as people choose it, as the moment at which it begins, or the one after it. */
function moment(day: string | undefined, after: number): string | undefined {
  if (!day) return undefined;
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + after).toISOString();
}

export function AuditPart() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate();
  const { actor, act, from, to } = search;
  const set = (next: Partial<typeof search>) => {
    const all = { ...search, of: 'audit', ...next };
    void navigate({ to: '/settings', search: Object.fromEntries(Object.entries(all).filter(([, value]) => value)), replace: true });
  };
  const begins = moment(from, 0);
  const ends = moment(to, 1);
  const query = { ...(actor ? { actor } : {}), ...(act ? { act } : {}), ...(begins ? { from: begins } : {}), ...(ends ? { to: ends } : {}) };
  const people = useQuery({ queryKey: ['people'], queryFn: () => data(api.GET('/v1/people')) });
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => data(api.GET('/v1/keys')) });
  const names = useQuery({ queryKey: ['acts', 'names'], queryFn: () => data(api.GET('/v1/audit/acts')) });
  const proof = useQuery({ queryKey: ['acts', 'proof'], queryFn: () => data(api.GET('/v1/audit/proof')) });
  const acts = useInfiniteQuery({
    queryKey: ['acts', query],
    queryFn: ({ pageParam }) => data(api.GET('/v1/audit', { params: { query: { ...query, limit: 30, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
  const who = [...(people.data?.items ?? []), ...(keys.data?.items ?? [])].map((own) => ({ value: own.id, label: own.name === own.id ? own.id : `${own.name} (${own.id.slice(0, 12)}…)` }));
  const items = acts.data?.pages.flatMap((page) => page.items) ?? [];
  const file = `/v1/audit/export?${new URLSearchParams(query).toString()}`;
  return (
    <>
      <Group align="flex-end" mb="md">
        <Select label={t('audit.who')} data={who} value={actor ?? null} onChange={(next) => set({ actor: next ?? undefined })} clearable searchable clearButtonProps={{ 'aria-label': t('audit.all') }} />
        <Select
          label={t('audit.what')}
          data={(names.data?.items ?? []).map((own) => ({ value: own.act, label: t(`audit.act.${own.act}`, { defaultValue: own.words }) }))}
          value={act ?? null}
          onChange={(next) => set({ act: next ?? undefined })}
          clearable
          searchable
          clearButtonProps={{ 'aria-label': t('audit.all') }}
        />
        <TextInput type="date" label={t('audit.from')} value={from ?? ''} onChange={(event) => set({ from: event.currentTarget.value })} />
        <TextInput type="date" label={t('audit.to')} value={to ?? ''} onChange={(event) => set({ to: event.currentTarget.value })} />
        <Button variant="default" component="a" href={file} download="audit.csv">
          {t('audit.export')}
        </Button>
      </Group>
      {proof.data && (
        <Text size="sm" c={proof.data.ok ? 'dimmed' : 'red.8'} mb="md" role="status">
          {proof.data.ok ? t('audit.proved', { lines: proof.data.lines, head: proof.data.head?.slice(0, 16) ?? '–' }) : t('audit.broken', { line: proof.data.wrong })}
        </Text>
      )}
      {acts.error ? (
        <Problem error={acts.error} again={() => void acts.refetch()} />
      ) : !acts.data ? (
        <Waiting />
      ) : items.length === 0 ? (
        <Empty title={t('audit.none')} />
      ) : (
        <Stack gap="xs" component="ol" className="plain-list" aria-label={t('settings.audit')}>
          {items.map((own) => (
            <Line key={own.no} act={own} />
          ))}
        </Stack>
      )}
      {acts.hasNextPage && (
        <Button mt="md" variant="default" loading={acts.isFetchingNextPage} onClick={() => void acts.fetchNextPage()}>
          {t('do.more')}
        </Button>
      )}
    </>
  );
}

function Line({ act }: { act: Act }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Card withBorder padding="sm" component="li">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text size="sm" fw={600}>
            {t(`audit.act.${act.act}`, { defaultValue: act.words })}
            {act.refused && (
              <Badge ml="xs" color="red.9" variant="filled" tt="none">
                {t('audit.refused', { code: act.refused })}
              </Badge>
            )}
          </Text>
          <Text size="sm">
            {act.name} {act.target && <>→ {act.target}</>}
          </Text>
          {(act.before || act.after) && (
            <Text size="sm" c="dimmed">
              {act.before || '–'} → {act.after || '–'}
            </Text>
          )}
          {act.why && (
            <Text size="sm" c="dimmed">
              {t('audit.why', { why: act.why })}
            </Text>
          )}
        </div>
        <Text size="xs" c="dimmed" ta="right">
          {format.moment(act.at)}
          <br />#{act.no}
        </Text>
      </Group>
    </Card>
  );
}
