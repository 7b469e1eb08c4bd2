// One segment: its condition, how it grew, and who is in it.
import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SegmentOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import type { Drawing } from '../parts/drawing';
import { Figure } from '../parts/figure';
import { useFormat } from '../parts/format';
import { Listing, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { ConditionField, type SegmentName } from '../parts/segment';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/segments/$segment')({ component: SegmentPage });

function SegmentPage() {
  const { segment } = Route.useParams();
  const all = useQuery({ queryKey: ['segments'], queryFn: () => data(api.GET('/v1/segments')) });
  const one = useQuery({ queryKey: ['segments', segment], queryFn: () => data(api.GET('/v1/segments/{segment}', { params: { path: { segment } } })) });
  return <Shown of={one}>{(found) => <Whole key={found.version} segment={found} figures={all.data?.figures ?? []} />}</Shown>;
}

function Whole({ segment, figures }: { segment: SegmentOf; figures: SegmentName[] }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [doing, setDoing] = useState<'edit' | 'delete' | null>(null);
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  return (
    <>
      <PageHead title={segment.name} sub={t('segments.count', { count: segment.members, shown: format.number(segment.members) })}>
        {may('program') && (
          <Group>
            <Button variant="default" onClick={() => setDoing('edit')}>
              {t('segments.edit')}
            </Button>
            <Button variant="default" onClick={() => setDoing('delete')}>
              {t('segments.delete')}
            </Button>
          </Group>
        )}
      </PageHead>
      <Stack gap="lg">
        <Paper withBorder p="lg">
          <code lang="en">{segment.condition}</code>
          {(segment.findings ?? []).map((it) => (
            <Text key={`${it.line}:${it.column}`} size="sm" mt="xs">
              {t('segments.broken')} <span lang="en">{`${it.line}:${it.column} ${it.message}`}</span>
            </Text>
          ))}
        </Paper>
        <Growth id={segment.id} />
        <Members id={segment.id} />
      </Stack>
      {doing === 'edit' && <Edit segment={segment} figures={figures} close={() => setDoing(null)} />}
      <Ask
        opened={doing === 'delete'}
        close={() => setDoing(null)}
        title={t('segments.delete')}
        confirm={t('segments.delete')}
        danger
        said={t('segments.deleted')}
        act={async () => {
          await data(api.DELETE('/v1/segments/{segment}', { params: { path: { segment: segment.id } } }));
          await navigate({ to: '/segments' });
          await queries.invalidateQueries({ queryKey: ['segments'], exact: true });
        }}
      >
        {t('segments.delete_why')}
      </Ask>
    </>
  );
}

function Growth({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const grown = useQuery({
    queryKey: ['segments', id, 'growth'],
    queryFn: () => data(api.GET('/v1/segments/{segment}/growth', { params: { path: { segment: id }, query: { days: 90 } } })),
  });
  return (
    <Shown of={grown} lines={6}>
      {({ days }) => {
        const drawing: Drawing = {
          kind: 'lines',
          across: days.map((own) => format.day(own.day)),
          lines: [{ name: t('segments.members'), values: days.map((own) => own.members) }],
        };
        return (
          <Figure
            title={t('segments.growth')}
            definition={t('segments.growth_why')}
            sample={t('segments.growth_days', { count: days.length })}
            drawing={drawing}
            said={(value) => format.number(value)}
            head={[t('segments.day'), t('segments.members'), t('segments.entered'), t('segments.left')]}
            rows={days.map((own) => ({ cells: [own.day, own.members, own.entered, own.left] }))}
            file={`segment-${id}`}
          />
        );
      }}
    </Shown>
  );
}

function Members({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const members = useInfiniteQuery({
    queryKey: ['segments', id, 'members'],
    queryFn: ({ pageParam }) =>
      data(api.GET('/v1/segments/{segment}/members', { params: { path: { segment: id }, query: { limit: 25, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <section aria-labelledby="segment-members">
      <Title order={2} size="h5" mb="xs" id="segment-members">
        {t('segments.who')}
      </Title>
      <Paged of={members} none={t('segments.nobody')}>
        {(rows) => (
          <Listing
            label={t('segments.who')}
            rows={rows}
            keyOf={(own) => own.member}
            width={360}
            columns={[
              { head: t('members.name'), cell: (own) => <MemberLink id={own.member} /> },
              { head: t('segments.since'), cell: (own) => format.day(own.since) },
            ]}
          />
        )}
      </Paged>
    </section>
  );
}

function Edit({ segment, figures, close }: { segment: SegmentOf; figures: SegmentName[]; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(segment.name);
  const [condition, setCondition] = useState(segment.condition);
  const [right, setRight] = useState(false);
  return (
    <Ask
      opened
      close={close}
      title={t('segments.edit')}
      confirm={t('segments.save')}
      ready={right && name.trim() !== ''}
      said={t('segments.changed')}
      act={async () => {
        await data(api.PUT('/v1/segments/{segment}', { params: { path: { segment: segment.id } }, body: { version: segment.version, name: name.trim(), condition } }));
        await queries.invalidateQueries({ queryKey: ['segments'] });
      }}
    >
      <TextInput label={t('segments.name')} required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <ConditionField value={condition} change={setCondition} figures={figures} isRight={setRight} />
    </Ask>
  );
}
