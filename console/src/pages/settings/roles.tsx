// Roles: those that are built in, and the shop's own.
import { Badge, Button, Card, Checkbox, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Role, type Scope } from '../../api/client';
import { Ask } from '../../parts/ask';
import { useFormat } from '../../parts/format';
import { Shown } from '../../parts/state';
import { useRoleName, useRoles } from './people';

export const SCOPES: Scope[] = ['read', 'ingest', 'redeem', 'adjust', 'program', 'till', 'admin'];

export function Scopes({ value, onChange }: { value: string[]; onChange: (next: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <Checkbox.Group label={t('roles.may')} value={value} onChange={onChange} required>
      <Stack gap={8} mt={6}>
        {SCOPES.map((scope) => (
          <Checkbox key={scope} value={scope} color="teal.9" label={t(`scope.${scope}`)} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

export function RolesPart() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const roles = useRoles();
  const named = useRoleName();
  const [editing, setEditing] = useState<Partial<Role> | null>(null);
  const [ending, setEnding] = useState<Role | null>(null);
  return (
    <>
      <Group justify="flex-end" mb="md">
        <Button color="teal.9" onClick={() => setEditing({})}>
          {t('roles.new')}
        </Button>
      </Group>
      <Shown of={roles}>
        {({ items }) => (
          <Stack>
            {items.map((role) => (
              <Card key={role.id} withBorder component="section" aria-label={named(role)}>
                <Group justify="space-between" align="flex-start">
                  <div>
                    <Group gap="xs">
                      <Text fw={650}>{named(role)}</Text>
                      {role.built_in && (
                        <Badge variant="default" tt="none" fw={400}>
                          {t('roles.built_in')}
                        </Badge>
                      )}
                    </Group>
                    <Text size="sm" c="dimmed">
                      {role.scopes.map((scope) => t(`scope.${scope}`)).join(' · ')}
                    </Text>
                    {role.adjust_most !== undefined && role.adjust_most !== null && role.scopes.includes('adjust') && (
                      <Text size="sm" c="dimmed">
                        {t('roles.adjusts', { most: format.number(role.adjust_most) })}
                      </Text>
                    )}
                    {role.money_most !== undefined && role.money_most !== null && role.scopes.includes('adjust') && (
                      <Text size="sm" c="dimmed">
                        {t('roles.gives', { most: format.number(role.money_most) })}
                      </Text>
                    )}
                  </div>
                  {!role.built_in && (
                    <Group gap={6}>
                      <Button size="xs" variant="default" aria-label={t('people.change_this', { name: role.name })} onClick={() => setEditing(role)}>
                        {t('people.change')}
                      </Button>
                      <Button size="xs" variant="default" aria-label={t('roles.delete_this', { name: role.name })} onClick={() => setEnding(role)}>
                        {t('roles.delete')}
                      </Button>
                    </Group>
                  )}
                </Group>
              </Card>
            ))}
          </Stack>
        )}
      </Shown>
      {editing && <Edit role={editing} close={() => setEditing(null)} />}
      <Ask
        opened={ending !== null}
        close={() => setEnding(null)}
        title={t('roles.delete_this', { name: ending?.name ?? '' })}
        confirm={t('roles.delete')}
        danger
        said={t('settings.saved')}
        act={async () => {
          await data(api.DELETE('/v1/roles/{role}', { params: { path: { role: ending?.id ?? '' } } }));
          await queries.invalidateQueries({ queryKey: ['roles'] });
        }}
      >
        {t('roles.delete_words')}
      </Ask>
    </>
  );
}

function Edit({ role, close }: { role: Partial<Role>; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [id, setId] = useState(role.id ?? '');
  const [name, setName] = useState(role.name ?? '');
  const [scopes, setScopes] = useState<string[]>(role.scopes ?? ['read']);
  const [most, setMost] = useState<string | number>(role.adjust_most ?? '');
  const [money, setMoney] = useState<string | number>(role.money_most ?? '');
  return (
    <Ask
      opened
      close={close}
      title={role.id ? t('people.change_this', { name: role.name }) : t('roles.new')}
      confirm={t('settings.save')}
      ready={/^[a-z0-9-]{1,40}$/.test(id) && !!name.trim() && scopes.length > 0}
      said={t('settings.saved')}
      act={async () => {
        const body = { name, scopes: scopes as Scope[], ...(most === '' ? {} : { adjust_most: Number(most) }), ...(money === '' ? {} : { money_most: Number(money) }) };
        await data(api.PUT('/v1/roles/{role}', { params: { path: { role: id } }, body }));
        await queries.invalidateQueries({ queryKey: ['roles'] });
      }}
    >
      <Stack>
        <TextInput label={t('roles.name')} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label={t('roles.id')} description={t('roles.id_how')} required disabled={!!role.id} value={id} onChange={(event) => setId(event.currentTarget.value)} />
        <Scopes value={scopes} onChange={setScopes} />
        {scopes.includes('adjust') && (
          <>
            <NumberInput label={t('roles.most')} description={t('roles.most_how')} min={0} allowDecimal={false} value={most} onChange={setMost} />
            <NumberInput label={t('roles.money')} description={t('roles.money_how')} min={0} allowDecimal={false} value={money} onChange={setMoney} />
          </>
        )}
      </Stack>
    </Ask>
  );
}
