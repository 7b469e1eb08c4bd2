// Organisations and households: who shares a wallet.
import { Autocomplete, Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type GroupOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Export, Find, Listing, Nothing, Only } from '../parts/listing';
import { PageHead, Shown } from '../parts/state';
import { idsOf, useParts } from '../parts/use-parts';

export const Route = createLazyRoute('/shell/groups')({ component: GroupsPage });

function GroupsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { find = '', group, manager, closed } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [founding, setFounding] = useState(false);
  const parts = useParts();
  const kinds = idsOf(parts.data, 'group');
  const query = { ...(group ? { group } : {}), ...(manager ? { manager } : {}), ...(closed ? { closed: true } : {}) };
  const groups = useQuery({ queryKey: ['groups', query], queryFn: () => data(api.GET('/v1/groups', { params: { query } })) });
  const small = find.toLowerCase();
  const shown = (items: GroupOf[]) => items.filter((own) => own.title.toLowerCase().includes(small) || (own.manager ?? '').toLowerCase().includes(small));
  const managers = [...new Set((groups.data?.items ?? []).flatMap((own) => (own.manager ? [own.manager] : [])))].sort();
  return (
    <>
      <PageHead title={t('groups.title')} sub={t('groups.sub')}>
        {may('adjust') && kinds.length > 0 && (
          <Button variant="default" onClick={() => setFounding(true)}>
            {t('groups.found')}
          </Button>
        )}
      </PageHead>
      <Group mb="md" align="end">
        <Find value={find} change={(find) => void navigate({ search: (old) => ({ ...old, find }), replace: true })} />
        <Only label={t('groups.kind')} data={kinds} value={group} change={(group) => void navigate({ search: (old) => ({ ...old, group }), replace: true })} />
        <Autocomplete
          label={t('groups.manager')}
          placeholder={t('list.all')}
          data={managers}
          value={manager ?? ''}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, manager: next || undefined }), replace: true })}
        />
        <Checkbox
          label={t('groups.with_closed')}
          checked={closed === 'true'}
          onChange={(event) => {
            const closed = event.currentTarget.checked ? 'true' : undefined;
            void navigate({ search: (old) => ({ ...old, closed }), replace: true });
          }}
          pb={8}
        />
        <Export
          name="groups"
          rows={() =>
            shown(groups.data?.items ?? []).map((own) => ({
              id: own.id,
              group: own.group,
              title: own.title,
              manager: own.manager,
              from: own.from,
              until: own.until,
              people: own.people.length,
              ...Object.fromEntries(own.points.map((points) => [points.points, points.available])),
            }))
          }
        />
      </Group>
      <Shown of={groups} lines={6}>
        {({ items }) =>
          shown(items).length === 0 ? (
            <Nothing title={items.length ? t('list.none_fit') : t('groups.none')}>{items.length ? '' : t('groups.none_hint')}</Nothing>
          ) : (
            <Listing
              label={t('groups.title')}
              rows={shown(items)}
              keyOf={(own) => own.id}
              width={760}
              columns={[
                {
                  head: t('groups.name'),
                  cell: (own) => (
                    <>
                      <PageLink to="/groups/$group" params={{ group: own.id }} fw={600}>
                        {own.title || own.id}
                      </PageLink>
                      <Text size="xs" c="dimmed">
                        {own.group}
                      </Text>
                    </>
                  ),
                },
                { head: t('groups.people'), right: true, cell: (own) => format.number(own.people.length) },
                { head: t('groups.manager'), cell: (own) => own.manager ?? '–' },
                { head: t('groups.contract'), cell: (own) => <Contract group={own} /> },
                {
                  head: t('groups.balance'),
                  right: true,
                  cell: (own) => own.points.map((points) => <div key={points.points}>{`${format.number(points.available)} ${points.points}`}</div>),
                },
              ]}
            />
          )
        }
      </Shown>
      {founding && <Found kinds={kinds} close={() => setFounding(false)} />}
    </>
  );
}

export function Contract({ group }: { group: GroupOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (group.closed_at) return <>{t('groups.closed', { day: format.day(group.closed_at) })}</>;
  const said = [group.from && t('offer.from', { day: format.day(group.from) }), group.until && t('offer.until', { day: format.day(group.until) })].filter(Boolean);
  return <>{said.join(' ') || t('groups.no_contract')}</>;
}

function Found({ kinds, close }: { kinds: string[]; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  const [kind, setKind] = useState<string | null>(kinds[0] ?? null);
  const [title, setTitle] = useState('');
  const [number, setNumber] = useState('');
  const [head, setHead] = useState('');
  const [manager, setManager] = useState('');
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('groups.found')}
      confirm={t('groups.found')}
      ready={kind !== null && number.trim() !== ''}
      said={t('groups.found_said')}
      act={async () => {
        const at = number.indexOf(':');
        const identity = at > 0 ? { kind: number.slice(0, at).trim(), value: number.slice(at + 1).trim() } : { kind: 'number', value: number.trim() };
        const made = await data(
          api.POST('/v1/groups', {
            params: { header: { 'Idempotency-Key': request } },
            body: {
              group: kind ?? '',
              identity,
              ...(title.trim() ? { title: title.trim() } : {}),
              ...(head.trim() ? { head: head.trim() } : {}),
              ...(manager.trim() ? { manager: manager.trim() } : {}),
            },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['groups'] });
        await navigate({ to: '/groups/$group', params: { group: made.member } });
      }}
    >
      {(fault) => (
        <Stack>
          <Select label={t('groups.kind')} data={kinds} value={kind} onChange={setKind} allowDeselect={false} error={fault('/group')} />
          <TextInput label={t('groups.name')} value={title} onChange={(event) => setTitle(event.currentTarget.value)} error={fault('/title')} />
          <TextInput
            label={t('groups.number')}
            description={t('groups.number_how')}
            required
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
            error={fault('/identity') ?? fault('/identity/kind') ?? fault('/identity/value')}
          />
          <TextInput label={t('groups.head')} description={t('merge.into_how')} value={head} onChange={(event) => setHead(event.currentTarget.value)} error={fault('/head')} />
          <TextInput label={t('groups.manager')} value={manager} onChange={(event) => setManager(event.currentTarget.value)} error={fault('/manager')} />
        </Stack>
      )}
    </Ask>
  );
}
