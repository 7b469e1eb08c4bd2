// Members who may be one person, side by side, with what they have in common: somebody merges them, or says that
// they are two.
import { Badge, Button, Card, Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type DuplicateOf, type Member } from '../api/client';
import { useSession } from '../api/session';
import { called } from '../pages/members';
import { Ask } from './ask';
import { useFormat } from './format';
import { PageLink } from './link';
import { Paged } from './listing';
import { Problem } from './state';
import { tell } from './tell';

export function Duplicates({ state }: { state: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const pairs = useInfiniteQuery({
    queryKey: ['queue', 'duplicates', state],
    queryFn: ({ pageParam }) => data(api.GET('/v1/duplicates', { params: { query: { state, limit: 25, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const finding = useMutation({
    mutationFn: () => data(api.POST('/v1/duplicates/find')),
    onSuccess: async ({ pairs: count }) => {
      await queries.invalidateQueries({ queryKey: ['queue', 'duplicates'] });
      tell(t('duplicates.found', { count }));
    },
  });
  return (
    <>
      <Group mb="md" justify="space-between">
        <Text size="sm" c="dimmed">
          {t('duplicates.words')}
        </Text>
        {may('adjust') && state === 'found' && (
          <Button variant="default" loading={finding.isPending} onClick={() => finding.mutate()}>
            {t('duplicates.find')}
          </Button>
        )}
      </Group>
      {finding.error && <Problem error={finding.error} />}
      <Paged of={pairs} none={state === 'found' ? t('duplicates.none') : t('list.none_fit')}>
        {(rows) => (
          <Stack>
            {rows.map((pair) => (
              <Pair key={pair.one.id + pair.other.id} pair={pair} />
            ))}
          </Stack>
        )}
      </Paged>
    </>
  );
}

function Pair({ pair }: { pair: DuplicateOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const [doing, setDoing] = useState<'merge' | 'part' | null>(null);
  const [stays, setStays] = useState(pair.one.id);
  const [into, from] = stays === pair.one.id ? [pair.one, pair.other] : [pair.other, pair.one];
  const both = { one: called(pair.one), other: called(pair.other) };
  const again = () => queries.invalidateQueries({ queryKey: ['queue', 'duplicates'] });
  const part = async (not_same: boolean) => {
    await data(api.POST('/v1/duplicates/part', { body: { one: pair.one.id, other: pair.other.id, not_same } }));
    await again();
  };
  return (
    <Card withBorder component="article" aria-label={t('duplicates.pair', both)}>
      <Group gap={6} mb="sm">
        {pair.reasons.map((reason) => (
          <Badge key={reason} variant="default" tt="none">
            {t(`duplicates.${reason}`, { defaultValue: reason })}
          </Badge>
        ))}
        <Text size="sm" c="dimmed">
          {t('duplicates.score', { score: pair.score })}
        </Text>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <One member={pair.one} />
        <One member={pair.other} />
      </SimpleGrid>
      {may('adjust') && (
        <Group justify="flex-end" mt="md">
          {pair.state === 'found' ? (
            <>
              <Button variant="default" onClick={() => setDoing('part')}>
                {t('duplicates.not_same')}
              </Button>
              <Button color="teal.9" onClick={() => setDoing('merge')}>
                {t('duplicates.merge')}
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setDoing('part')}>
              {t('duplicates.undo')}
            </Button>
          )}
        </Group>
      )}
      <Ask
        opened={doing === 'part'}
        close={() => setDoing(null)}
        title={t('duplicates.pair', both)}
        confirm={pair.state === 'found' ? t('duplicates.not_same') : t('duplicates.undo')}
        said={pair.state === 'found' ? t('duplicates.parted') : t('duplicates.undone')}
        act={() => part(pair.state === 'found')}
      >
        {pair.state === 'found' ? t('duplicates.part_words') : t('duplicates.undo_words')}
      </Ask>
      <Ask
        opened={doing === 'merge'}
        close={() => setDoing(null)}
        title={t('duplicates.pair', both)}
        confirm={t('duplicates.merge')}
        said={t('duplicates.merged')}
        act={async () => {
          await data(api.POST('/v1/members/{member}/merge', { params: { path: { member: from.id } }, body: { into: into.id } }));
          await queries.invalidateQueries({ queryKey: ['member'] });
          await again();
        }}
      >
        <Stack>
          <Text size="sm">{t('duplicates.merge_words')}</Text>
          <Radio.Group label={t('duplicates.stays')} value={stays} onChange={setStays}>
            <Stack gap={8} mt={6}>
              {[pair.one, pair.other].map((member) => (
                <Radio key={member.id} color="teal.9" value={member.id} label={`${called(member)} (${member.id})`} />
              ))}
            </Stack>
          </Radio.Group>
        </Stack>
      </Ask>
    </Card>
  );
}

function One({ member }: { member: Member }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap={4}>
      <PageLink to="/members/$member" params={{ member: member.id }}>
        {called(member)}
      </PageLink>
      {member.identities.map((own) => (
        <Text key={own.kind + own.value} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {own.kind}: {own.value}
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        {member.enrolled_at ? t('member.since', { day: format.day(member.enrolled_at) }) : t('members.customer')}
      </Text>
    </Stack>
  );
}
