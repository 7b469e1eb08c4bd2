// Members: found by the beginning of a name, an e-mail address, a number of a card ...
import { Badge, Button, Group, Paper, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { createColumnHelper, flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Member } from '../api/client';
import { useFormat } from '../parts/format';
import { Icon } from '../parts/icon';
import { PageLink } from '../parts/link';
import { Empty, PageHead, Problem, SmallLoader, Waiting } from '../parts/state';

/** What people call a member: a name if one is known, else the best identity. */
export function called(member: Member): string {
  const { attributes: known, identities } = member;
  const text = (name: string) => (typeof known[name] === 'string' ? (known[name] as string) : '');
  const full = text('name') || [text('first_name') || text('given_name'), text('last_name') || text('family_name')].join(' ').trim();
  const email = identities.find((identity) => identity.kind === 'email');
  return full || email?.value || identities[0]?.value || member.id;
}

const column = createColumnHelper<Member>();

export function MembersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { find = '' } = useSearch({ from: '/shell/members' });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(find);
  const [settled] = useDebouncedValue(typed, 150);
  useEffect(() => {
    if (settled !== find) void navigate({ to: '/members', search: settled ? { find: settled } : {}, replace: true });
  }, [settled, find, navigate]);
  const found = useInfiniteQuery({
    queryKey: ['members', find],
    queryFn: ({ pageParam }) =>
      data(api.GET('/v1/members', { params: { query: { limit: 25, ...(find ? { find } : {}), ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const columns = useMemo(
    () => [
      column.accessor(called, {
        id: 'name',
        header: t('members.name'),
        cell: (cell) => (
          <PageLink to="/members/$member" params={{ member: cell.row.original.id }} fw={600}>
            {cell.getValue()}
          </PageLink>
        ),
      }),
      column.accessor('identities', {
        header: t('members.known_by'),
        cell: (cell) => (
          <Group gap={6}>
            {cell.getValue().slice(0, 3).map((identity) => (
              <Badge key={identity.kind + identity.value} variant="default" tt="none" fw={400}>
                {identity.kind}: {identity.value}
              </Badge>
            ))}
          </Group>
        ),
      }),
      column.accessor('enrolled_at', {
        header: t('members.since'),
        cell: (cell) => {
          const at = cell.getValue();
          return at ? format.day(at) : <Text size="sm" c="dimmed">{t('members.customer')}</Text>;
        },
      }),
    ],
    [t, format],
  );
  const table = useReactTable({ data: rows, columns, getCoreRowModel: getCoreRowModel() });
  return (
    <>
      <PageHead title={t('members.title')} sub={t('members.sub')} />
      <TextInput
        type="search"
        label={t('members.find')}
        placeholder={t('members.find_hint')}
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
          <Empty title={find ? t('members.none_found', { find }) : t('members.none')}>{find ? t('members.none_found_hint') : t('members.none_hint')}</Empty>
        </Paper>
      )}
      {rows.length > 0 && (
        <Paper withBorder>
          <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('members.title') } }}>
            <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
              <Table.Thead>
                {table.getHeaderGroups().map((group) => (
                  <Table.Tr key={group.id}>
                    {group.headers.map((header) => (
                      <Table.Th key={header.id} scope="col">
                        {flexRender(header.column.columnDef.header, header.getContext())}
                      </Table.Th>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Thead>
              <Table.Tbody>
                {table.getRowModel().rows.map((row) => (
                  <Table.Tr key={row.id}>
                    {row.getVisibleCells().map((cell) => (
                      <Table.Td key={cell.id}>{flexRender(cell.column.columnDef.cell, cell.getContext())}</Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Paper>
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
