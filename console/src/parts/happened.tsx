// All that happened with a member in one list: points, messages, surveys, cases, and talks that an agent notes.
import { Badge, Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type HappenedOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { useFormat } from './format';
import { Empty, Problem, Waiting } from './state';

const KINDS = ['entry', 'message', 'survey', 'case', 'contact'] as const;
const WAYS = ['phone', 'chat', 'in_person', 'post'] as const;

export function AllThatHappened({ member }: { member: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [kind, setKind] = useState<string | null>(null);
  const [noting, setNoting] = useState(false);
  const asked = useInfiniteQuery({
    queryKey: ['member', member, 'timeline', kind ?? ''],
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/v1/members/{member}/timeline', {
          params: { path: { member }, query: { limit: 20, ...(kind ? { kind } : {}), ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = asked.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Group mb="md" align="end">
        <Select label={t('happened.only')} clearable data={KINDS.map((value) => ({ value, label: t(`happened.kinds.${value}`) }))} value={kind} onChange={setKind} />
        {may('ingest') && (
          <Button variant="default" onClick={() => setNoting(true)}>
            {t('happened.note')}
          </Button>
        )}
      </Group>
      {asked.error && !asked.data ? (
        <Problem error={asked.error} again={() => void asked.refetch()} />
      ) : !asked.data ? (
        <Waiting lines={8} />
      ) : items.length === 0 ? (
        <Empty title={t('timeline.none')} />
      ) : (
        <ol className="timeline">
          {items.map((own) => (
            <One key={`${own.kind}/${own.id}`} own={own} />
          ))}
        </ol>
      )}
      {asked.hasNextPage && (
        <Button variant="default" loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
          {t('timeline.older')}
        </Button>
      )}
      {noting && <Note member={member} close={() => setNoting(false)} />}
    </>
  );
}

/** Under which name the texts of the console have what it is. */
const WHAT: Record<string, string> = { entry: 'event', message: 'messages.channels', case: 'service.causes', contact: 'happened.ways' };
const STATE: Record<string, string> = { message: 'messages.stages', survey: 'surveys.stages', case: 'service.states' };

function One({ own }: { own: HappenedOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = (group: string | undefined, name: string) => (group ? t(`${group}.${name}`, { defaultValue: name.replaceAll('_', ' ') }) : name);
  const refused = own.state === 'refused';
  const state = own.kind === 'entry' ? (refused ? t('timeline.refused') : '') : own.state ? words(STATE[own.kind], own.state) : '';
  return (
    <li className={refused ? 'refused' : own.kind === 'entry' && !own.points?.length ? 'quiet' : ''}>
      <Group gap="xs" align="baseline">
        <Badge variant="default" tt="none">
          {t(`happened.kinds.${own.kind}`)}
        </Badge>
        <Text fw={600}>{words(WHAT[own.kind], own.what)}</Text>
        {own.order && <Text size="sm">{own.order}</Text>}
        {state && <Text size="sm">{state}</Text>}
        {own.points?.map((points) => (
          <Text key={points.points} size="sm">
            {format.number(points.amount)} {points.points}
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {format.moment(own.at)}
          {own.by ? ` · ${own.by}` : ''}
        </Text>
      </Group>
      {own.says.map((line, at) => (
        <Text key={at} size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {line}
        </Text>
      ))}
    </li>
  );
}

function Note({ member, close }: { member: string; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [kind, setKind] = useState<string>('phone');
  const [text, setText] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('happened.note')}
      confirm={t('happened.note')}
      ready={text.trim() !== ''}
      said={t('happened.noted')}
      act={async () => {
        await data(api.POST('/v1/members/{member}/contacts', { params: { path: { member } }, body: { kind, text } }));
        await queries.invalidateQueries({ queryKey: ['member', member, 'timeline'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Select
            label={t('happened.way')}
            data={WAYS.map((value) => ({ value, label: t(`happened.ways.${value}`) }))}
            value={kind}
            onChange={(kind) => setKind(kind ?? 'phone')}
            allowDeselect={false}
            error={fault('/kind')}
          />
          <Textarea label={t('happened.said')} required autosize minRows={3} value={text} onChange={(event) => setText(event.currentTarget.value)} error={fault('/text')} />
        </Stack>
      )}
    </Ask>
  );
}
