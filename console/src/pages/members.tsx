// Members: found by the beginning of a name, an e-mail address, a number of a card ...
import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import type { Member } from '../api/client';
import { useSession } from '../api/session';
import { useFormat } from '../parts/format';
import { Icon } from '../parts/icon';
import { Identities } from '../parts/identities';
import { PageLink } from '../parts/link';
import { Listing } from '../parts/listing';
import { Empty, PageHead, Problem, SmallLoader, Waiting } from '../parts/state';

/** What people call a member: a name if one is known, else the best identity. */
export function called(member: Member): string {
  const { attributes: known, identities } = member;
  const text = (name: string) => (typeof known[name] === 'string' ? (known[name] as string) : '');
  const full = text('name') || [text('first_name') || text('given_name'), text('last_name') || text('family_name')].join(' ').trim();
  const email = identities.find((identity) => identity.kind === 'email');
  return full || email?.value || identities[0]?.value || member.id;
}

export function MembersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { session } = useSession();
  const { find = '' } = useSearch({ from: '/shell/members' });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(find);
  const [settled] = useDebouncedValue(typed, 150);
  useEffect(() => {
    if (settled !== find) void navigate({ to: '/members', search: settled ? { find: settled } : {}, replace: true });
  }, [settled, find, navigate]);
  const found = useInfiniteQuery({ ...asks.members(find), placeholderData: keepPreviousData });
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  return (
    <>
      <PageHead title={t('members.title')} sub={t('members.sub')} />
      <TextInput
        type="search"
        label={t('members.find')}
        placeholder={t('members.find_hint')}
        description={session?.finds_exactly ? t('members.find_exactly') : undefined}
        size="md"
        mb="md"
        maw={560}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        leftSection={<Icon name="search" />}
        rightSection={found.isFetching ? <SmallLoader /> : undefined}
      />
      {found.error && <Problem error={found.error} again={() => void found.refetch()} />}
      {found.isPending && !found.error && <Waiting lines={8} />}
      {found.data && rows.length === 0 && (
        <Paper withBorder>
          <Empty title={find ? t('members.none_found', { find }) : t('members.none')}>{find ? t(session?.finds_exactly ? 'members.find_exactly' : 'members.none_found_hint') : t('members.none_hint')}</Empty>
        </Paper>
      )}
      {rows.length > 0 && (
        <Listing
          label={t('members.title')}
          rows={rows}
          keyOf={(row) => row.id}
          width={560}
          columns={[
            {
              head: t('members.name'),
              cell: (row) => (
                <PageLink to="/members/$member" params={{ member: row.id }} fw={600}>
                  {called(row)}
                </PageLink>
              ),
            },
            { head: t('members.known_by'), cell: (row) => <Identities of={row.identities.slice(0, 3)} /> },
            {
              head: t('members.since'),
              cell: (row) => (row.enrolled_at ? format.day(row.enrolled_at) : <Text size="sm" c="dimmed">{t('members.customer')}</Text>),
            },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {t('do.more')}
          </Button>
        </Group>
      )}
    </>
  );
}
