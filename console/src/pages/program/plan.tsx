// What a change would do, before it is published; and publishing it, or proposing it to a second person.
import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, asFile, data, type Plan } from '../../api/client';
import { useSession } from '../../api/session';
import { Dialogue } from '../../parts/dialogue';
import { useFormat } from '../../parts/format';
import { Problem, Shown } from '../../parts/state';
import { tell } from '../../parts/tell';
import { Trial } from '../../parts/trial';
import { useApproval } from './proposals';

export function PlanAndApply({ text, applied, close }: { text: string; applied: string; close: () => void }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const planned = useQuery({
    queryKey: ['program', 'plan', text],
    queryFn: () => data(api.POST('/v1/programs/plan', { ...asFile, params: { query: { members: true } }, body: text })),
    staleTime: 0,
    gcTime: 0,
  });
  const approval = useApproval();
  const proposing = approval.data?.needed === true;
  const applying = useMutation({
    mutationFn: async () => {
      const body = { ...asFile, params: { query: { note: note.trim() } }, body: text };
      if (proposing) {
        await data(api.POST('/v1/programs/proposals', body));
        return t('proposals.proposed_said');
      }
      const version = await data(api.POST('/v1/programs', body));
      return t('program.applied', { version: version?.version });
    },
    onSuccess: async (said) => {
      await queries.invalidateQueries({ queryKey: ['program'], predicate: (query) => query.queryKey[1] === 'versions' || query.queryKey[1] === 'proposals' });
      tell(said);
      close();
    },
  });
  return (
    <Dialogue opened onClose={close} size="xl" title={t('program.plan_title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          applying.mutate();
        }}
      >
        <Stack>
          <Shown of={planned} lines={6}>
            {(plan) => <Planned plan={plan} />}
          </Shown>
          <section>
            <Title order={3} size="h5" mb="xs">
              {t('trial.title')}
            </Title>
            <Trial program={text} against={applied || undefined} choices={applied ? ['shop', 'file', 'sample'] : ['sample', 'file']} />
          </section>
          {may('program') ? (
            <>
              <TextInput label={t('program.note')} description={t('program.note_how')} value={note} maxLength={200} onChange={(event) => setNote(event.currentTarget.value)} />
              {applying.error && <Problem error={applying.error} />}
              <Group justify="flex-end">
                <Button variant="default" onClick={close}>
                  {t('do.cancel')}
                </Button>
                <Button type="submit" loading={applying.isPending} disabled={!planned.data || approval.isPending}>
                  {proposing ? t('proposals.propose') : t('program.apply')}
                </Button>
              </Group>
            </>
          ) : (
            <Alert color="yellow">{t('error.forbidden')}</Alert>
          )}
        </Stack>
      </form>
    </Dialogue>
  );
}

export function Planned({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { effect, members } = plan;
  return (
    <>
      <section>
        <Title order={3} size="h5">
          {t('plan.differences')}
        </Title>
        {plan.differences.length === 0 ? (
          <Text size="sm">{t('plan.no_differences')}</Text>
        ) : (
          <ul>
            {plan.differences.map((difference) => (
              <Text component="li" size="sm" key={difference}>
                {difference}
              </Text>
            ))}
          </ul>
        )}
      </section>
      <section>
        <Title order={3} size="h5">
          {t('plan.effect')}
        </Title>
        <Text size="sm">
          {t('plan.effect_words', {
            purchases: format.number(effect.purchases),
            changed: format.number(effect.changed),
            better: format.number(effect.members_better),
            worse: format.number(effect.members_worse),
          })}
        </Text>
        {effect.points.map((points) => (
          <Text size="sm" key={points.points} className="numbers">
            {t('plan.points', { points: points.points, before: format.number(points.before), after: format.number(points.after) })}
          </Text>
        ))}
      </section>
      {members && (
        <section>
          <Title order={3} size="h5">
            {t('plan.members')}
          </Title>
          <Text size="sm">{t('plan.moved', { moved: format.number(members.moved), members: format.number(members.members) })}</Text>
          {members.tiers.map((move) => (
            <Text size="sm" key={move.from + move.to}>
              {t('plan.tier_moves', { count: move.members, from: move.from, to: move.to })}
            </Text>
          ))}
        </section>
      )}
    </>
  );
}

