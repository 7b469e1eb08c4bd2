// The program: its file, what it says in words, what a change would do, and its versions.
import { Alert, Badge, Button, Card, Grid, Group, Paper, Stack, Table, Tabs, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, asFile, data, type Part, type Plan, type Version } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { Dialogue } from '../parts/dialogue';
import { around, difference } from '../parts/difference';
import { Editor, type EditorHandle } from '../parts/editor';
import { useFormat } from '../parts/format';
import { Empty, PageHead, Problem, Shown, SmallLoader } from '../parts/state';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/program')({ component: ProgramPage });

const textOf = (version: number) =>
  data(api.GET('/v1/programs/{version}/text', { params: { path: { version } }, parseAs: 'text' })) as Promise<string>;

function useText(version: number | undefined) {
  return useQuery({
    queryKey: ['program', 'text', version],
    queryFn: () => textOf(version ?? 0),
    enabled: version !== undefined,
    staleTime: Infinity,
  });
}

/** The version that decides now: the last of those whose moment has come. */
function inForce(versions: Version[]): Version | undefined {
  const now = new Date().toISOString();
  return [...versions]
    .sort((one, other) => (one.in_force_from === other.in_force_from ? one.version - other.version : one.in_force_from < other.in_force_from ? -1 : 1))
    .filter((version) => version.in_force_from <= now)
    .at(-1);
}

function ProgramPage() {
  const { t } = useTranslation();
  const versions = useQuery({ queryKey: ['program', 'versions'], queryFn: () => data(api.GET('/v1/programs')) });
  return (
    <Shown of={versions}>
      {({ items }) => {
        const current = inForce(items);
        return (
          <>
            <PageHead
              title={t('program.title')}
              sub={current ? t('program.in_force', { name: current.name, version: current.version }) : t('program.none')}
            />
            <Tabs defaultValue="file" keepMounted={false}>
              <Tabs.List mb="md" aria-label={t('program.title')}>
                <Tabs.Tab value="file">{t('program.file')}</Tabs.Tab>
                <Tabs.Tab value="versions">{t('program.versions')}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="file">
                <File current={current} />
              </Tabs.Panel>
              <Tabs.Panel value="versions">
                <Versions versions={items} current={current} />
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
  const [parts, setParts] = useState<Part[]>([]);
  // While something is wrong, what the last right text said stays.
  useEffect(() => {
    if (checked.data?.ok) setParts(checked.data.parts ?? []);
  }, [checked.data]);
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
          {t('program.says')}
        </Title>
        {parts.length === 0 ? <Empty title={t('program.says_nothing')} /> : <Cards parts={parts} />}
      </Grid.Col>
      {planning && <PlanAndApply text={text} close={plan.close} />}
    </Grid>
  );
}

function Cards({ parts }: { parts: Part[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" component="section" aria-label={t('program.says')} tabIndex={0} mah="min(74vh, 760px)" style={{ overflowY: 'auto' }}>
      {parts.map((part) => (
        <Card key={part.kind + part.id} withBorder p="sm" style={{ flexShrink: 0 }}>
          <Group gap="xs" mb={2}>
            <Text fw={650}>{part.id || t(`part.${part.kind || 'program'}`, { defaultValue: part.kind })}</Text>
            {part.id && (
              <Badge variant="default" size="sm" tt="none" fw={400}>
                {t(`part.${part.kind}`, { defaultValue: part.kind })}
              </Badge>
            )}
          </Group>
          <ul className="plain-list">
            {part.says.map((line, at) => (
              <Text key={at} component="li" size="sm">
                {line}
              </Text>
            ))}
          </ul>
        </Card>
      ))}
    </Stack>
  );
}

function PlanAndApply({ text, close }: { text: string; close: () => void }) {
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
  const applying = useMutation({
    mutationFn: () => data(api.POST('/v1/programs', { ...asFile, params: { query: { note: note.trim() } }, body: text })),
    onSuccess: async (version) => {
      await queries.invalidateQueries({ queryKey: ['program', 'versions'] });
      tell(t('program.applied', { version: version?.version }));
      close();
    },
  });
  return (
    <Dialogue opened onClose={close} size="lg" title={t('program.plan_title')}>
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
          {may('program') ? (
            <>
              <TextInput label={t('program.note')} description={t('program.note_how')} value={note} maxLength={200} onChange={(event) => setNote(event.currentTarget.value)} />
              {applying.error && <Problem error={applying.error} />}
              <Group justify="flex-end">
                <Button variant="default" onClick={close}>
                  {t('do.cancel')}
                </Button>
                <Button type="submit" loading={applying.isPending} disabled={!planned.data}>
                  {t('program.apply')}
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

function Planned({ plan }: { plan: Plan }) {
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

function Versions({ versions, current }: { versions: Version[]; current: Version | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useSession();
  const queries = useQueryClient();
  const [seen, setSeen] = useState<Version | null>(null);
  const [back, setBack] = useState<Version | null>(null);
  if (versions.length === 0) return <Empty title={t('program.none')} />;
  const before = seen && versions.find((version) => version.version === seen.version - 1);
  return (
    <>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('program.versions') } }}>
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('versions.version')}</Table.Th>
                <Table.Th scope="col">{t('versions.from')}</Table.Th>
                <Table.Th scope="col">{t('versions.by')}</Table.Th>
                <Table.Th scope="col">{t('versions.note')}</Table.Th>
                <Table.Th scope="col">{t('versions.do')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map((version) => (
                <Table.Tr key={version.version}>
                  <Table.Td>
                    {version.version}{' '}
                    {version.version === current?.version && (
                      <Badge color="teal.9" variant="filled" tt="none">
                        {t('versions.now')}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>{format.moment(version.in_force_from < version.applied_at ? version.applied_at : version.in_force_from)}</Table.Td>
                  <Table.Td>{version.by}</Table.Td>
                  <Table.Td>{version.note}</Table.Td>
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Button size="xs" variant="default" onClick={() => setSeen(version)} aria-label={t('versions.see_this', { version: version.version })}>
                        {t('versions.see')}
                      </Button>
                      {may('program') && version.version !== current?.version && (
                        <Button size="xs" variant="default" onClick={() => setBack(version)} aria-label={t('versions.back_to', { version: version.version })}>
                          {t('versions.back')}
                        </Button>
                      )}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      {seen && <Difference version={seen} before={before ?? undefined} close={() => setSeen(null)} />}
      <Ask
        opened={back !== null}
        close={() => setBack(null)}
        title={t('versions.back_to', { version: back?.version })}
        confirm={t('versions.back')}
        danger
        needsReason
        said={t('versions.back_said')}
        act={async (note) => {
          await data(
            api.POST('/v1/programs/{version}/roll-back', { params: { path: { version: back?.version ?? 0 }, query: { note } } }),
          );
          await queries.invalidateQueries({ queryKey: ['program'] });
        }}
      >
        {t('versions.back_words')}
      </Ask>
    </>
  );
}

function Difference({ version, before, close }: { version: Version; before: Version | undefined; close: () => void }) {
  const { t } = useTranslation();
  const now = useText(version.version);
  const old = useText(before?.version);
  const ready = now.data !== undefined && (!before || old.data !== undefined);
  return (
    <Dialogue opened onClose={close} size="xl" title={before ? t('versions.difference', { before: before.version, version: version.version }) : t('versions.first')}>
      {!ready ? (
        <Shown of={now.error ? now : old}>{() => null}</Shown>
      ) : (
        <pre className="diff" tabIndex={0} aria-label={t('versions.text')}>
          {before
            ? around(difference(old.data ?? '', now.data ?? ''), 3).map((line, at) =>
                line === null ? (
                  <span key={at}>⋯</span>
                ) : line.kind === 'came' ? (
                  <ins key={at}>+ {line.text}</ins>
                ) : line.kind === 'went' ? (
                  <del key={at}>- {line.text}</del>
                ) : (
                  <span key={at}>{`  ${line.text}`}</span>
                ),
              )
            : now.data}
        </pre>
      )}
    </Dialogue>
  );
}
