// A member's ledger as a story: what happened, what moved, and why, in words.
import { Badge, Box, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import { api, data, type Entry } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { useFormat } from './format';
import { MemberLink } from './member-link';
import { Empty, Problem, Waiting } from './state';

export function Timeline({ member }: { member: string }) {
  const { t } = useTranslation();
  const ledger = useInfiniteQuery(asks.ledger(member));
  if (ledger.error && !ledger.data) return <Problem error={ledger.error} again={() => void ledger.refetch()} />;
  if (!ledger.data) return <Waiting lines={8} />;
  const entries = ledger.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) return <Empty title={t('timeline.none')} />;
  return (
    <>
      <ol className="timeline">
        {entries.map((entry) => (
          <Told key={entry.seq} entry={entry} />
        ))}
      </ol>
      {ledger.hasNextPage && (
        <Button variant="default" loading={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>
          {t('timeline.older')}
        </Button>
      )}
    </>
  );
}

function Told({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  // What did not count is asked for only when people wonder.
  const quiet = entry.missed;
  const loud = entry.reasons.filter((reason) => !quiet.includes(reason));
  const refused = entry.verdict === 'refused';
  const kind = t(`event.${entry.type}`, { defaultValue: entry.type.replaceAll('_', ' ') });
  return (
    <li className={refused ? 'refused' : entry.points.length === 0 ? 'quiet' : ''}>
      <Group gap="xs" align="baseline">
        <Text fw={600}>{kind}</Text>
        {entry.order && <Text size="sm">{entry.order}</Text>}
        {entry.points.map((moved) => (
          <Badge
            key={moved.points}
            tt="none"
            variant="light"
            className="numbers"
            color={String(moved.amount).startsWith('-') ? 'gray' : 'teal'}
            c="bright"
          >
            {format.signed(moved.amount)} {moved.points}
          </Badge>
        ))}
        {refused && (
          <Badge color="red.8" variant="filled" tt="none">
            {t('timeline.refused')}
          </Badge>
        )}
        <Text size="sm" c="dimmed" component="time" dateTime={entry.at}>
          {format.moment(entry.at)}
        </Text>
      </Group>
      {entry.detail && <Text size="sm">{entry.detail}</Text>}
      {entry.said && (
        <Text size="sm">
          {t('timeline.said', { said: entry.said, by: entry.by ?? '–' })}
        </Text>
      )}
      <Box component="ul" className="plain-list" mt={4}>
        {[...loud, ...(all ? quiet : [])].map((reason, at) => (
          <Text component="li" size="sm" key={at} c={quiet.includes(reason) ? 'dimmed' : undefined}>
            <Reason text={reason} />
          </Text>
        ))}
      </Box>
      {quiet.length > 0 && (
        <Button size="compact-xs" variant="subtle" color="gray" c="dimmed" px={0} onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t('timeline.fewer') : t('timeline.not_counted', { count: quiet.length })}
        </Button>
      )}
      {entry.type === 'adjustment' && !refused && <UndoAdjustment entry={entry} />}
      <Text size="xs" c="dimmed">
        {t('timeline.source', { source: entry.source, id: entry.id, version: entry.program_version })}
      </Text>
    </li>
  );
}

/** A sentence in which members are called what people call them. */
function Reason({ text }: { text: string }) {
  // With a group in the pattern, every second part is an id.
  const parts = text.split(/(mem_[0-9a-f]{32})/);
  return parts.map((part, at) => (at % 2 ? <MemberLink key={at} id={part} /> : part));
}

/** An adjustment is undone by its opposite: the ledger keeps both. */
function UndoAdjustment({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const { may, session } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const [opened, { open, close }] = useDisclosure();
  const moved = entry.points[0];
  if (!moved || !may('adjust')) return null;
  const amount = String(moved.amount);
  const opposite = amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
  return (
    <>
      <Button size="compact-xs" variant="subtle" color="gray" c="dimmed" px={0} onClick={open}>
        {t('desk.undo')}
      </Button>
      <Ask
        opened={opened}
        close={close}
        title={t('desk.undo_of')}
        confirm={t('desk.undo')}
        needsReason
        said={t('desk.undone')}
        act={async (reason) => {
          // One undoing for one adjustment, however often it is asked for.
          await data(
            api.POST('/v1/members/{member}/adjustments', {
              params: { path: { member: entry.member }, header: { 'Idempotency-Key': `undo-${entry.source}-${entry.id}` } },
              body: { points: moved.points, amount: opposite, reason, by: session?.name ?? null },
            }),
          );
          await queries.invalidateQueries({ queryKey: ['member', entry.member] });
        }}
      >
        {t('desk.undo_words', { amount: format.signed(opposite), points: moved.points })}
      </Ask>
    </>
  );
}
