// Who is behind a figure.
import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Member } from '../../api/client';
import { Dialogue } from '../../parts/dialogue';
import { saveCsv } from '../../parts/download';
import { useFormat } from '../../parts/format';
import { PageLink } from '../../parts/link';
import { Empty, Problem, Waiting } from '../../parts/state';

const nameOf = (member: Member) => {
  const attributes = (member.attributes ?? {}) as Record<string, string>;
  const whole = attributes['name'] ?? [attributes['first_name'] ?? attributes['given_name'], attributes['last_name'] ?? attributes['family_name']].filter(Boolean).join(' ');
  return whole || member.identities[0]?.value || member.id;
};
const known = (member: Member) => member.identities.map((it) => `${it.kind}:${it.value}`).join(' · ');

/** What a list is, in words. */
export function useListName() {
  const { t } = useTranslation();
  const format = useFormat();
  return (list: string): string => {
    const [which = '', value = ''] = list.split('=');
    if (which === 'segment') return t('insight.list.segment', { segment: t(`segment.${value}`) });
    if (which === 'kind') return t('insight.list.kind', { kind: t(`loyalty.${value}`) });
    if (which === 'cohort' && value.includes('+')) return t('insight.list.returned', { cohort: value.split('+')[0], age: value.split('+')[1] });
    if (which === 'cohort') return t('insight.list.cohort', { cohort: value });
    if (which === 'since') return t('insight.list.since', { day: format.day(`${value}T12:00:00Z`) });
    if (which === 'lost') return t('insight.list.lost', { period: value });
    if (which === 'lost_after') return t('insight.list.lost_after', { age: value });
    if (which === 'scores') return t('insight.list.scores', { recency: value.split('-')[0], frequency: value.split('-')[1] });
    if (which === 'tenth') return t('insight.list.tenth', { tenth: value });
    // Any metric may be asked for; those that no page asks for have no words, and stand as they are written.
    const figure = t(`metric.${which}.name`, { defaultValue: '' });
    if (!figure) return list;
    return value === 'all' ? figure : t('insight.list.counted', { figure, period: value });
  };
}

export function Behind({ list, period, by, close }: { list: string; period: string; by: string; close: () => void }) {
  const { t } = useTranslation();
  const name = useListName();
  const [saving, setSaving] = useState(false);
  const page = (after: string, limit: number) =>
    data(api.GET('/v1/customers', { params: { query: { list, period, limit, ...(by === 'store' || by === 'channel' ? { by } : {}), ...(after ? { after } : {}) } } }));
  const pages = useInfiniteQuery({
    queryKey: ['insight', 'behind', list, period, by],
    queryFn: ({ pageParam }) => page(pageParam, 25),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 300_000,
  });
  const members = pages.data?.pages.flatMap((it) => it.items) ?? [];
  const take = async () => {
    setSaving(true);
    try {
      const all: Member[] = [];
      let after: string | undefined = '';
      while (after !== undefined) {
        const got: Awaited<ReturnType<typeof page>> = await page(after, 1000);
        all.push(...got.items);
        after = got.next ?? undefined;
      }
      saveCsv(`customers-${list.replaceAll(/[^a-z0-9_-]+/gi, '-')}`, ['id', 'name', 'identities', 'enrolled_at'], all.map((member) => [member.id, nameOf(member), known(member), member.enrolled_at]));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialogue opened onClose={close} size="lg" title={name(list)}>
      <Stack>
        {pages.error && <Problem error={pages.error} again={() => void pages.refetch()} />}
        {pages.isPending && <Waiting lines={6} />}
        {pages.data && members.length === 0 && <Empty title={t('insight.list.nobody')} />}
        {members.length > 0 && (
          <>
            <Group justify="space-between">
              <Badge variant="default" tt="none" size="lg">
                {t('insight.list.count', { count: pages.data?.pages[0]?.customers ?? 0 })}
              </Badge>
              <Button size="compact-sm" variant="default" loading={saving} onClick={() => void take()}>
                CSV
              </Button>
            </Group>
            <Table verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('members.name')}</Table.Th>
                  <Table.Th scope="col">{t('members.known_by')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {members.map((member) => (
                  <Table.Tr key={member.id}>
                    <Table.Td>
                      <PageLink to="/members/$member" params={{ member: member.id }}>
                        {nameOf(member)}
                      </PageLink>
                    </Table.Td>
                    <Table.Td>
                      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                        {known(member)}
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {pages.hasNextPage && (
              <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {t('do.more')}
              </Button>
            )}
          </>
        )}
      </Stack>
    </Dialogue>
  );
}
