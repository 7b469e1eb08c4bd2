// The program: its file as text and as cards, what a change would have done, its versions, and proposals.
import { Badge, Button, Grid, Group, Paper, Stack, Tabs, Text, Title, UnstyledButton } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import { api, asFile, data, type Part, type Version } from '../api/client';
import { useSession } from '../api/session';
import { Editor, type EditorHandle } from '../parts/editor';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { PageHead, Problem, Shown, SmallLoader } from '../parts/state';
import { Cards, cardsOf, type ProgramCard } from './program/cards';
import { PlanAndApply } from './program/plan';
import { Proposals } from './program/proposals';
import { useText, Versions } from './program/versions';

export const Route = createLazyRoute('/shell/program')({ component: ProgramPage });

function ProgramPage() {
  const { t } = useTranslation();
  const versions = useQuery(asks.versions);
  return (
    <Shown of={versions}>
      {({ items }) => {
        const current = asks.inForce(items);
        return (
          <>
            <PageHead
              title={t('program.title')}
              sub={current ? t('program.in_force', { name: current.name, version: current.version }) : t('program.none')}
            >
              <Group gap="md">
                <PageLink to="/start" size="sm">
                  {t('start.title')}
                </PageLink>
                <PageLink to="/sandbox" size="sm">
                  {t('sandbox.title')}
                </PageLink>
              </Group>
            </PageHead>
            <Tabs defaultValue="file" keepMounted={false}>
              <Tabs.List mb="md" aria-label={t('program.title')}>
                <Tabs.Tab value="file">{t('program.file')}</Tabs.Tab>
                <Tabs.Tab value="versions">{t('program.versions')}</Tabs.Tab>
                <Tabs.Tab value="proposals">{t('proposals.title')}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="file">
                <File current={current} />
              </Tabs.Panel>
              <Tabs.Panel value="versions">
                <Versions versions={items} current={current} />
              </Tabs.Panel>
              <Tabs.Panel value="proposals">
                <Proposals current={current} />
              </Tabs.Panel>
            </Tabs>
          </>
        );
      }}
    </Shown>
  );
}

function File({ current }: { current: Version | undefined }) {
  const applied = useText(current?.version);
  if (!current) return <Draft key="new" applied="" />;
  return <Shown of={applied}>{(text) => <Draft key={current.version} applied={text} />}</Shown>;
}

function Draft({ applied }: { applied: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [text, setText] = useState(applied);
  const [settled] = useDebouncedValue(text, 250);
  const editor = useRef<EditorHandle>(null);
  const [planning, plan] = useDisclosure();
  const checked = useQuery({
    queryKey: ['program', 'check', settled],
    queryFn: () => data(api.POST('/v1/programs/check', { ...asFile, body: settled })),
    enabled: settled.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const fresh = settled === text && !checked.isPlaceholderData;
  const findings = settled.trim() === '' ? [] : (checked.data?.findings ?? []);
  const cards = useQuery({
    queryKey: ['program', 'cards', settled],
    queryFn: () => cardsOf(settled),
    enabled: settled.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  // A card may be changed only where its places are those of this very text.
  const inStep = settled === text && !cards.isPlaceholderData && (cards.data?.cards.length ?? 0) > 0;
  const [shown, setShown] = useState<ProgramCard[]>([]);
  const [parts, setParts] = useState<Part[]>([]);
  // While something is wrong, what the last right text said stays.
  useEffect(() => {
    if (checked.data?.ok) setParts(checked.data.parts ?? []);
  }, [checked.data]);
  useEffect(() => {
    if (cards.data && cards.data.cards.length > 0) setShown(cards.data.cards);
  }, [cards.data]);
  const changed = text !== applied;
  const good = fresh && !!checked.data?.ok;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Group justify="space-between" mb="xs">
          <Group gap="xs" id="findings-state" role="status">
            {!fresh || checked.isFetching ? (
              <SmallLoader />
            ) : good ? (
              <Badge color="teal.9" variant="filled" tt="none">
                {t('program.right')}
              </Badge>
            ) : findings.length > 0 ? (
              <Badge color="red.8" variant="filled" tt="none">
                {t('program.faults', { count: findings.filter((finding) => finding.error).length })}
              </Badge>
            ) : null}
            {changed && <Text size="sm" c="dimmed">{t('program.changed')}</Text>}
          </Group>
          <Group gap="xs">
            <Button variant="default" disabled={!changed} onClick={() => setText(applied)}>
              {t('program.discard')}
            </Button>
            <Button disabled={!changed || !good || !may('read')} onClick={plan.open}>
              {t('program.plan')}
            </Button>
          </Group>
        </Group>
        <Editor ref={editor} label={t('program.editor')} text={text} change={setText} findings={findings} describedBy="findings-state" />
        {changed && good && applied !== '' && <WouldHave text={text} />}
        {checked.error && <Problem error={checked.error} again={() => void checked.refetch()} />}
        {findings.length > 0 && (
          <Stack gap={4} mt="sm" component="ul" className="plain-list" aria-label={t('program.findings')}>
            {findings.map((finding, at) => (
              <li key={at}>
                <UnstyledButton onClick={() => editor.current?.goTo(finding.line, finding.column)} w="100%">
                  <Paper withBorder p="xs" className={finding.error ? 'finding wrong' : 'finding'}>
                    <Text size="sm" fw={600}>
                      {t('program.at_line', { line: finding.line, column: finding.column })}: {finding.message}
                    </Text>
                    {finding.hint && <Text size="sm">{finding.hint}</Text>}
                  </Paper>
                </UnstyledButton>
              </li>
            ))}
          </Stack>
        )}
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Title order={2} size="h4" mb="xs">
          {t('cards.title')}
        </Title>
        <Cards text={text} cards={shown} parts={parts} ready={inStep} change={setText} />
      </Grid.Col>
      {planning && <PlanAndApply text={text} applied={applied} close={plan.close} />}
    </Grid>
  );
}

/** What the text would have given for the last purchases, while it is written. */
function WouldHave({ text }: { text: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [settled] = useDebouncedValue(text, 700);
  const plan = useQuery({
    queryKey: ['program', 'would-have', settled],
    queryFn: () => data(api.POST('/v1/programs/plan', { ...asFile, params: { query: { sample: 1000 } }, body: settled })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  return (
    <Paper withBorder p="sm" mt="sm" component="section" aria-label={t('program.would_have')}>
      <Group gap="xs" mb={4}>
        <Title order={2} size="h5">
          {t('program.would_have')}
        </Title>
        {(plan.isFetching || settled !== text) && <SmallLoader />}
      </Group>
      {plan.error ? (
        <Problem error={plan.error} again={() => void plan.refetch()} />
      ) : (
        plan.data && (
          <>
            <Text size="sm">
              {t('plan.effect_words', {
                purchases: format.number(plan.data.effect.purchases),
                changed: format.number(plan.data.effect.changed),
                better: format.number(plan.data.effect.members_better),
                worse: format.number(plan.data.effect.members_worse),
              })}
            </Text>
            {plan.data.effect.points.map((points) => (
              <Text size="sm" key={points.points} className="numbers">
                {t('plan.points', { points: points.points, before: format.number(points.before), after: format.number(points.after) })}
              </Text>
            ))}
          </>
        )
      )}
    </Paper>
  );
}
