// The control group of the whole program: how it is drawn, and what all campaigns together brought.
import { Button, Group, NumberInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type ControlGroupOf, data } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { useFormat } from './format';
import { Lift } from './lift';
import { Shown } from './state';

export function ControlGroup() {
  const group = useQuery({ queryKey: ['control-group'], queryFn: () => data(api.GET('/v1/control-group')) });
  return (
    <Shown of={group} lines={3}>
      {(found) => <Drawn group={found} />}
    </Shown>
  );
}

function Drawn({ group }: { group: ControlGroupOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const id = useId();
  const [changing, setChanging] = useState(false);
  const { draw } = group;
  return (
    <Stack component="section" gap="sm" aria-labelledby={id} mt="xl">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h4" id={id}>
            {t('control_group.title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('control_group.sub')}
          </Text>
        </div>
        {may('admin') && (
          <Button variant="default" onClick={() => setChanging(true)}>
            {t('control_group.change')}
          </Button>
        )}
      </Group>
      <Text>
        {draw && draw.percent > 0
          ? t('control_group.drawn', { percent: draw.percent, name: draw.name, since: format.day(draw.since), shown: format.number(group.in_it), of: format.number(group.members) })
          : t('control_group.none')}
      </Text>
      {draw && draw.percent > 0 && <Lift name={['control-group']} ask={async (query) => (await data(api.GET('/v1/control-group', { params: { query } }))).lift} />}
      {changing && <Change group={group} close={() => setChanging(false)} />}
    </Stack>
  );
}

function Change({ group, close }: { group: ControlGroupOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [percent, setPercent] = useState<number | string>(group.draw?.percent ?? 5);
  const [name, setName] = useState(group.draw?.name ?? String(new Date().getFullYear()));
  return (
    <Ask
      opened
      close={close}
      title={t('control_group.title')}
      confirm={t('control_group.save')}
      ready={name.trim() !== '' && percent !== ''}
      said={t('control_group.saved')}
      act={async () => {
        await data(api.PUT('/v1/control-group', { body: { percent: Number(percent), name } }));
        await queries.invalidateQueries({ queryKey: ['control-group'] });
      }}
    >
      <Text size="sm">{t('control_group.change_why')}</Text>
      <NumberInput label={t('control_group.percent')} min={0} max={20} allowDecimal={false} value={percent} onChange={setPercent} />
      <TextInput label={t('control_group.name')} description={t('control_group.name_why')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
    </Ask>
  );
}

/** Says of a member that no campaign reaches them. */
export function InControlGroup({ member }: { member: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({
    queryKey: ['member', member, 'control-group'],
    queryFn: () => data(api.GET('/v1/members/{member}/control-group', { params: { path: { member } } })),
  });
  if (!found.data?.in_it || !found.data.draw) return null;
  return (
    <Text size="sm" c="dimmed" mb="md">
      {t('control_group.member', { day: format.day(found.data.draw.since) })}
    </Text>
  );
}
