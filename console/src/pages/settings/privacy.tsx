// How long personal data are kept: set, looked at before it counts, and let go at once.
import { Alert, Button, Group, NumberInput, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Aged, api, data, type Retention } from '../../api/client';
import { Ask } from '../../parts/ask';
import { Problem, Shown } from '../../parts/state';
import { tell } from '../../parts/tell';

const MONTHS = ['members_months'] as const;
const DAYS = ['messages_days', 'answers_days', 'addresses_days', 'cases_days', 'contacts_days'] as const;
const COUNTED = ['members', 'messages', 'answers', 'addresses', 'cases', 'contacts'] as const;

export function PrivacyPart() {
  const asked = useQuery({ queryKey: ['retention'], queryFn: () => data(api.GET('/v1/retention')), staleTime: Infinity });
  return <Shown of={asked}>{(found) => <Form key={JSON.stringify(found)} found={found} />}</Shown>;
}

/** How much of each; what there is none of is not said. */
function Counted({ of, none }: { of: Aged; none: string }) {
  const { t } = useTranslation();
  const there = COUNTED.filter((name) => of[name] > 0);
  return (
    <Stack gap={4}>
      {there.length === 0 && <Text size="sm">{none}</Text>}
      {there.map((name) => (
        <Text size="sm" key={name}>
          {t(`retention.${name}`)}: {of[name]}
        </Text>
      ))}
      {of.on_plan > 0 && <Text size="sm">{t('retention.on_plan', { count: of.on_plan })}</Text>}
    </Stack>
  );
}

function Form({ found }: { found: Retention }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [own, setOwn] = useState(found);
  const [asking, setAsking] = useState(false);
  const isNew = JSON.stringify(own) !== JSON.stringify(found);
  const looking = useMutation({ mutationFn: () => data(api.POST('/v1/retention/preview', { body: own })) });
  const saving = useMutation({
    mutationFn: () => data(api.PUT('/v1/retention', { body: own })),
    onSuccess: (saved) => {
      queries.setQueryData(['retention'], saved);
      tell(t('settings.saved'));
    },
  });
  const field = (name: keyof Retention, most: number) => (
    <NumberInput
      key={name}
      label={t(`retention.${name}`)}
      description={t(`retention.${name}_how`)}
      min={0}
      max={most}
      allowDecimal={false}
      value={own[name] ?? 0}
      onChange={(next) => {
        looking.reset();
        setOwn({ ...own, [name]: Number(next) });
      }}
    />
  );
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Paper withBorder p="lg" component="section">
          <Title order={2} size="h4" mb="xs">
            {t('retention.title')}
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            {t('retention.words')}
          </Text>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {MONTHS.map((name) => field(name, 240))}
            {DAYS.map((name) => field(name, 3650))}
          </SimpleGrid>
          {looking.data && (
            <Alert color="yellow" variant="light" mt="md" role="status" title={t('retention.would')}>
              <Counted of={looking.data} none={t('retention.nothing')} />
            </Alert>
          )}
          {(looking.error || saving.error) && <Problem error={looking.error ?? saving.error} />}
          <Group mt="md">
            <Button type="button" variant="default" loading={looking.isPending} onClick={() => looking.mutate()}>
              {t('retention.look')}
            </Button>
            <Button type="submit" loading={saving.isPending} disabled={!isNew}>
              {t('settings.save')}
            </Button>
            <Button type="button" variant="default" disabled={isNew} onClick={() => setAsking(true)}>
              {t('retention.now')}
            </Button>
          </Group>
        </Paper>
      </form>
      <Ask
        opened={asking}
        close={() => setAsking(false)}
        title={t('retention.now_title')}
        confirm={t('retention.now_do')}
        danger
        act={async () => {
          await data(api.POST('/v1/retention/run'));
          looking.reset();
        }}
        said={t('retention.went')}
      >
        {t('retention.now_words')}
      </Ask>
    </>
  );
}
