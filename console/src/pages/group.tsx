// One organisation or household: its people, its contract, what it has, and why.
import { Badge, Button, Card, Grid, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type GroupOf, type Person } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { Listing, Nothing } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Shown } from '../parts/state';
import { Timeline } from '../parts/timeline';
import { Contract } from './groups';

export const Route = createLazyRoute('/shell/groups/$group')({ component: GroupPage });

function GroupPage() {
  const { group } = Route.useParams();
  const asked = useQuery({ queryKey: ['groups', group], queryFn: () => data(api.GET('/v1/groups/{group}', { params: { path: { group } } })) });
  return <Shown of={asked}>{(found) => <Whole key={found.id} group={found} />}</Shown>;
}

type Doing = 'invite' | 'edit' | 'close';

function Whole({ group }: { group: GroupOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [person, setPerson] = useState<{ person: Person; what: 'role' | 'leave' } | null>(null);
  const amounts = (list: { points: string; amount: string | number }[]) => list.map((own) => `${format.number(own.amount)} ${own.points}`).join(', ') || '–';
  return (
    <>
      <PageHead
        title={group.title || group.id}
        sub={
          <Group gap={6}>
            <Badge variant="default" tt="none">
              {group.group}
            </Badge>
            <span>
              <Contract group={group} />
            </span>
            {group.manager && <span>{t('groups.managed_by', { name: group.manager })}</span>}
          </Group>
        }
      >
        {may('adjust') && !group.closed_at && (
          <Group>
            <Button variant="default" onClick={() => setDoing('invite')}>
              {t('groups.invite')}
            </Button>
            <Button variant="default" onClick={() => setDoing('edit')}>
              {t('groups.edit')}
            </Button>
            <Button variant="default" onClick={() => setDoing('close')}>
              {t('groups.close')}
            </Button>
          </Group>
        )}
      </PageHead>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }}>
          {group.points.map((points) => (
            <Card withBorder mb="md" component="section" key={points.points} aria-label={points.points}>
              <Text size="sm" c="dimmed">
                {points.points}
              </Text>
              <div className="figure">{format.number(points.available)}</div>
              <Text size="sm" c="dimmed">
                {[t('balance.available'), Number(points.pending) ? t('balance.pending', { amount: format.number(points.pending) }) : '', Number(points.held) ? t('balance.held', { amount: format.number(points.held) }) : '']
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </Card>
          ))}
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Title order={2} size="h4" mb="sm">
            {t('groups.people')}
          </Title>
          {group.people.length === 0 ? (
            <Nothing title={t('groups.nobody')} />
          ) : (
            <Listing
              label={t('groups.people')}
              rows={group.people}
              keyOf={(own) => own.member}
              width={560}
              columns={[
                { head: t('list.member'), cell: (own) => <MemberLink id={own.member} /> },
                { head: t('groups.role'), cell: (own) => own.role },
                { head: t('list.since'), cell: (own) => format.day(own.since) },
                { head: t('groups.brought'), cell: (own) => amounts(own.brought) },
                { head: t('groups.spent'), cell: (own) => amounts(own.spent) },
                {
                  head: t('list.do'),
                  cell: (own) =>
                    may('adjust') &&
                    !group.closed_at && (
                      <Group gap="xs" wrap="nowrap">
                        <Button size="xs" variant="default" onClick={() => setPerson({ person: own, what: 'role' })} aria-label={`${t('groups.change_role')}: ${own.member}`}>
                          {t('groups.change_role')}
                        </Button>
                        <Button size="xs" variant="default" onClick={() => setPerson({ person: own, what: 'leave' })} aria-label={`${t('groups.leave')}: ${own.member}`}>
                          {t('groups.leave')}
                        </Button>
                      </Group>
                    ),
                },
              ]}
            />
          )}
          {group.invited.length > 0 && (
            <>
              <Title order={2} size="h4" mb="sm">
                {t('groups.invited')}
              </Title>
              <Listing
                label={t('groups.invited')}
                rows={group.invited}
                keyOf={(own) => own.member}
                width={300}
                columns={[
                  { head: t('list.member'), cell: (own) => <MemberLink id={own.member} /> },
                  { head: t('groups.role'), cell: (own) => own.role },
                  { head: t('groups.until'), cell: (own) => format.moment(own.until) },
                ]}
              />
            </>
          )}
          <Paper withBorder p="lg" component="section" aria-labelledby="story">
            <Title order={2} size="h4" mb="md" id="story">
              {t('timeline.title')}
            </Title>
            <Timeline member={group.id} />
          </Paper>
        </Grid.Col>
      </Grid>
      {doing && <DoGroup key={doing} group={group} doing={doing} close={() => setDoing(null)} />}
      {person && <DoPerson key={person.person.member + person.what} group={group} person={person.person} what={person.what} close={() => setPerson(null)} />}
    </>
  );
}

const day = (at: string | null | undefined) => (at ? at.slice(0, 10) : '');
const moment = (day: string) => (day.trim() ? `${day.trim()}T00:00:00Z` : undefined);

function DoGroup({ group, doing, close }: { group: GroupOf; doing: Doing; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [who, setWho] = useState('');
  const [role, setRole] = useState('');
  const [title, setTitle] = useState(group.title);
  const [manager, setManager] = useState(group.manager ?? '');
  const [from, setFrom] = useState(day(group.from));
  const [until, setUntil] = useState(day(group.until));
  const [request] = useState(() => crypto.randomUUID());
  const params = { path: { group: group.id }, header: { 'Idempotency-Key': request } };
  return (
    <Ask
      opened
      close={close}
      title={t(`groups.${doing}`)}
      confirm={t(`groups.${doing}`)}
      danger={doing === 'close'}
      ready={doing !== 'invite' || who.trim() !== ''}
      said={t('groups.said')}
      act={async () => {
        if (doing === 'invite') await data(api.POST('/v1/groups/{group}/people', { params, body: { person: who.trim(), ...(role.trim() ? { role: role.trim() } : {}) } }));
        if (doing === 'close') await data(api.POST('/v1/groups/{group}/close', { params, body: {} }));
        if (doing === 'edit') {
          const [begins, ends] = [moment(from), moment(until)];
          await data(
            api.PUT('/v1/groups/{group}', {
              params,
              body: {
                group: group.group,
                ...(title.trim() ? { title: title.trim() } : {}),
                ...(manager.trim() ? { manager: manager.trim() } : {}),
                ...(begins ? { from: begins } : {}),
                ...(ends ? { until: ends } : {}),
              },
            }),
          );
        }
        await queries.invalidateQueries({ queryKey: ['groups'] });
        await queries.invalidateQueries({ queryKey: ['member', group.id] });
      }}
    >
      {(fault) => (
        <Stack>
          {doing === 'close' && <Text size="sm">{t('groups.close_words')}</Text>}
          {doing === 'invite' && (
            <>
              <Text size="sm">{t('groups.invite_words')}</Text>
              <TextInput label={t('list.member')} description={t('merge.into_how')} required value={who} onChange={(event) => setWho(event.currentTarget.value)} error={fault('/person')} />
              <TextInput label={t('groups.role')} description={t('groups.role_how')} value={role} onChange={(event) => setRole(event.currentTarget.value)} error={fault('/role')} />
            </>
          )}
          {doing === 'edit' && (
            <>
              <TextInput label={t('groups.name')} value={title} onChange={(event) => setTitle(event.currentTarget.value)} error={fault('/title')} />
              <TextInput label={t('groups.manager')} value={manager} onChange={(event) => setManager(event.currentTarget.value)} error={fault('/manager')} />
              <TextInput type="date" label={t('groups.from')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} error={fault('/from')} />
              <TextInput type="date" label={t('groups.until')} value={until} onChange={(event) => setUntil(event.currentTarget.value)} error={fault('/until')} />
            </>
          )}
        </Stack>
      )}
    </Ask>
  );
}

function DoPerson({ group, person, what, close }: { group: GroupOf; person: Person; what: 'role' | 'leave'; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [role, setRole] = useState(person.role);
  const [request] = useState(() => crypto.randomUUID());
  const params = { path: { group: group.id, person: person.member }, header: { 'Idempotency-Key': request } };
  return (
    <Ask
      opened
      close={close}
      title={t(what === 'role' ? 'groups.change_role' : 'groups.leave')}
      confirm={t(what === 'role' ? 'groups.change_role' : 'groups.leave')}
      danger={what === 'leave'}
      ready={what === 'leave' || role.trim() !== ''}
      said={t('groups.said')}
      act={async () => {
        if (what === 'leave') await data(api.POST('/v1/groups/{group}/people/{person}/leave', { params, body: {} }));
        else await data(api.POST('/v1/groups/{group}/people/{person}/role', { params, body: { role: role.trim() } }));
        await queries.invalidateQueries({ queryKey: ['groups'] });
        await queries.invalidateQueries({ queryKey: ['member'] });
      }}
    >
      {(fault) =>
        what === 'role' ? (
          <TextInput label={t('groups.role')} description={t('groups.role_how')} required value={role} onChange={(event) => setRole(event.currentTarget.value)} error={fault('/role')} />
        ) : (
          t('groups.leave_words')
        )
      }
    </Ask>
  );
}
