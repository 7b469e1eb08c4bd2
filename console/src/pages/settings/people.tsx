// People: invited by a link that works once, given roles, disabled.
import { Badge, Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type StaffPerson, type Role } from '../../api/client';
import { useSession } from '../../api/session';
import { Ask } from '../../parts/ask';
import { useFormat } from '../../parts/format';
import { Empty, Shown } from '../../parts/state';
import { Once } from './once';
import { Listing, Named } from '../../parts/listing';

const COLOURS: Record<string, string> = { active: 'teal.9', invited: 'blue.9', disabled: 'gray.7' };

export function useRoles() {
  return useQuery({ queryKey: ['roles'], queryFn: () => data(api.GET('/v1/roles')) });
}

/** What a role is called: those that are built in in the reader's language. */
export function useRoleName() {
  const { t } = useTranslation();
  return (role: Pick<Role, 'id' | 'name' | 'built_in'>) => (role.built_in ? t(`role.${role.id}`) : role.name);
}

function link(invitation: string) {
  return `${window.location.origin}/console/#invitation=${invitation}`;
}

export function PeoplePart() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const { session } = useSession();
  const people = useQuery({ queryKey: ['people'], queryFn: () => data(api.GET('/v1/people')) });
  const roles = useRoles();
  const named = useRoleName();
  const [inviting, setInviting] = useState(false);
  const [changing, setChanging] = useState<StaffPerson | null>(null);
  const [ending, setEnding] = useState<StaffPerson | null>(null);
  const [invited, setInvited] = useState<StaffPerson | null>(null);
  const [taking, setTaking] = useState<StaffPerson | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ['people'] });
  const called = (id: string) => {
    const role = roles.data?.items.find((own) => own.id === id);
    return role ? named(role) : id;
  };
  return (
    <>
      {invited?.invitation && (
        <Once
          title={t('people.invited_title', { name: invited.name })}
          words={t('people.invited_words')}
          secret={link(invited.invitation)}
          done={() => setInvited(null)}
        />
      )}
      <Group justify="flex-end" mb="md">
        <Button color="teal.9" onClick={() => setInviting(true)}>
          {t('people.invite')}
        </Button>
      </Group>
      <Shown of={people}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('people.none')}>{t('people.none_hint')}</Empty>
          ) : (
            <Listing
              label={t('settings.people')}
              rows={items}
              keyOf={(person) => person.id}
              width={780}
              columns={[
                { head: t('people.name'), cell: (person) => <Named name={person.name} below={person.email} /> },
                { head: t('people.roles'), cell: (person) => person.roles.map(called).join(', ') },
                {
                  head: t('people.state'),
                  cell: (person) => (
                    <Badge color={COLOURS[person.state] ?? 'gray.7'} variant="filled" tt="none" miw="max-content">
                      {t(`person.${person.state}`)}
                    </Badge>
                  ),
                },
                { head: t('people.second'), cell: (person) => (person.second_factor ? t('people.second_yes') : '–') },
                { head: t('people.signed_in'), cell: (person) => (person.signed_in_at ? format.moment(person.signed_in_at) : '–') },
                {
                  head: t('people.do'),
                  cell: (person) =>
                    person.id !== session?.key && (
                      <Group gap={6} wrap="nowrap">
                        <Button size="xs" variant="default" aria-label={t('people.change_this', { name: person.name })} onClick={() => setChanging(person)}>
                          {t('people.change')}
                        </Button>
                        <Button size="xs" variant="default" aria-label={t(person.state === 'disabled' ? 'people.enable_this' : 'people.disable_this', { name: person.name })} onClick={() => setEnding(person)}>
                          {t(person.state === 'disabled' ? 'people.enable' : 'people.disable')}
                        </Button>
                        {person.second_factor && (
                          <Button size="xs" variant="default" aria-label={t('people.take_off_this', { name: person.name })} onClick={() => setTaking(person)}>
                            {t('people.take_off')}
                          </Button>
                        )}
                      </Group>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {inviting && <Invite roles={roles.data?.items ?? []} close={() => setInviting(false)} made={setInvited} />}
      {changing && <Change person={changing} roles={roles.data?.items ?? []} close={() => setChanging(null)} invited={setInvited} />}
      <Ask
        opened={taking !== null}
        close={() => setTaking(null)}
        title={t('people.take_off_this', { name: taking?.name ?? '' })}
        confirm={t('people.take_off_do')}
        danger
        said={t('settings.saved')}
        act={async () => {
          await data(api.DELETE('/v1/people/{person}/second-factor', { params: { path: { person: taking?.id ?? '' } } }));
          await again();
        }}
      >
        {t('people.take_off_words')}
      </Ask>
      <Ask
        opened={ending !== null}
        close={() => setEnding(null)}
        title={t(ending?.state === 'disabled' ? 'people.enable_this' : 'people.disable_this', { name: ending?.name ?? '' })}
        confirm={t(ending?.state === 'disabled' ? 'people.enable' : 'people.disable')}
        danger={ending?.state !== 'disabled'}
        said={t('settings.saved')}
        act={async () => {
          await data(
            api.PATCH('/v1/people/{person}', { params: { path: { person: ending?.id ?? '' } }, body: { enabled: ending?.state === 'disabled' } }),
          );
          await again();
        }}
      >
        {t(ending?.state === 'disabled' ? 'people.enable_words' : 'people.disable_words')}
      </Ask>
    </>
  );
}

function Roles({ all, value, onChange }: { all: Role[]; value: string[]; onChange: (next: string[]) => void }) {
  const { t } = useTranslation();
  const named = useRoleName();
  return (
    <Checkbox.Group label={t('people.roles')} value={value} onChange={onChange} required>
      <Stack gap={8} mt={6}>
        {all.map((role) => (
          <Checkbox
            key={role.id}
            value={role.id}
            color="teal.9"
            label={named(role)}
            description={role.built_in ? t(`role_words.${role.id}`) : role.scopes.map((scope) => t(`scope.${scope}`)).join(', ')}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function Invite({ roles, close, made }: { roles: Role[]; close: () => void; made: (person: StaffPerson) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [partner, setPartner] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <Ask
      opened
      close={close}
      title={t('people.invite')}
      confirm={t('people.invite_do')}
      ready={!!email.trim() && !!name.trim() && chosen.length > 0}
      said={t('people.invited_said')}
      act={async () => {
        const body = { email, name, roles: chosen, ...(partner.trim() ? { partner: partner.trim() } : {}) };
        made(await data(api.POST('/v1/people', { body })));
        await queries.invalidateQueries({ queryKey: ['people'] });
      }}
    >
      <Stack>
        <TextInput label={t('people.name')} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label={t('people.email')} type="email" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <Roles all={roles} value={chosen} onChange={setChosen} />
        {chosen.includes('partner') && (
          <TextInput label={t('people.partner')} description={t('people.partner_how')} required value={partner} onChange={(event) => setPartner(event.currentTarget.value)} />
        )}
      </Stack>
    </Ask>
  );
}

function Change({ person, roles, close, invited }: { person: StaffPerson; roles: Role[]; close: () => void; invited: (person: StaffPerson) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(person.name);
  const [chosen, setChosen] = useState<string[]>(person.roles);
  return (
    <Ask
      opened
      close={close}
      title={t('people.change_this', { name: person.name })}
      confirm={t('settings.save')}
      ready={!!name.trim() && chosen.length > 0}
      said={t('settings.saved')}
      act={async () => {
        await data(api.PATCH('/v1/people/{person}', { params: { path: { person: person.id } }, body: { name, roles: chosen } }));
        await queries.invalidateQueries({ queryKey: ['people'] });
      }}
    >
      <Stack>
        <TextInput label={t('people.name')} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Roles all={roles} value={chosen} onChange={setChosen} />
        {person.state !== 'disabled' && (
          <Button
            variant="default"
            type="button"
            onClick={async () => {
              invited(await data(api.POST('/v1/people/{person}/invitation', { params: { path: { person: person.id } } })));
              await queries.invalidateQueries({ queryKey: ['people'] });
              close();
            }}
          >
            {t('people.again')}
          </Button>
        )}
      </Stack>
    </Ask>
  );
}
