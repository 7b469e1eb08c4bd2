// One survey: who was asked and answered, each question's figure with how sure it is, and what texts are about.
import { Badge, Blockquote, Button, Group, Paper, Progress, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SurveyFiguresOf, type SurveyOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { saveText } from '../parts/download';
import { useFormat } from '../parts/format';
import { Listing, Only, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Shown } from '../parts/state';
import { SurveyEditor } from '../parts/survey';

export const Route = createLazyRoute('/shell/surveys/$survey')({ component: SurveyPage });

type Question = SurveyFiguresOf['questions'][number];
type Measured = SurveyFiguresOf['response'];

function SurveyPage() {
  const { survey } = Route.useParams();
  const one = useQuery({ queryKey: ['surveys', survey], queryFn: () => data(api.GET('/v1/surveys/{survey}', { params: { path: { survey } } })) });
  return <Shown of={one}>{(found) => <Whole survey={found} />}</Shown>;
}

/** What words in several languages say to the reader. */
function useSaid(language: string) {
  const { i18n } = useTranslation();
  return (words: Record<string, string>) => words[i18n.language] ?? words[language] ?? Object.values(words)[0] ?? '';
}

function Whole({ survey }: { survey: SurveyOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [doing, setDoing] = useState<'edit' | 'ask' | null>(null);
  const { by, from, to, segment } = Route.useSearch();
  const navigate = Route.useNavigate();
  const search = (part: Record<string, string | undefined>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const query = { ...(by ? { by } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}), ...(segment ? { segment } : {}) };
  const figures = useQuery({
    queryKey: ['surveys', survey.id, 'figures', query],
    queryFn: () => data(api.GET('/v1/surveys/{survey}/figures', { params: { path: { survey: survey.id }, query } })),
    refetchInterval: 10_000,
  });
  const segments = useQuery({ queryKey: ['segments'], queryFn: () => data(api.GET('/v1/segments')) });
  const save = async () => {
    const text = await data(api.GET('/v1/surveys/{survey}/answers', { params: { path: { survey: survey.id }, query }, parseAs: 'text' }));
    saveText(`${survey.id}.csv`, String(text));
  };
  return (
    <>
      <PageHead title={survey.survey.name} sub={t(survey.survey.live ? 'surveys.is_live' : 'surveys.is_over')}>
        <Group>
          <Button variant="default" onClick={() => void save()}>
            {t('surveys.export')}
          </Button>
          {may('program') && (
            <>
              <Button variant="default" onClick={() => setDoing('edit')}>
                {t('surveys.change')}
              </Button>
              <Button color="teal.9" onClick={() => setDoing('ask')}>
                {t('surveys.ask')}
              </Button>
            </>
          )}
        </Group>
      </PageHead>
      <Group mb="lg" align="flex-end">
        <Only label={t('surveys.by')} data={['month', 'tier', 'store', 'way'].map((own) => ({ value: own, label: t(`surveys.group.${own}`) }))} value={by} change={(next) => search({ by: next })} />
        <Only label={t('surveys.segment')} data={(segments.data?.items ?? []).map((own) => ({ value: own.id, label: own.name }))} value={segment} change={(next) => search({ segment: next })} />
        <TextInput type="date" label={t('surveys.from')} value={from ?? ''} onChange={(event) => search({ from: event.currentTarget.value || undefined })} />
        <TextInput type="date" label={t('surveys.to')} value={to ?? ''} onChange={(event) => search({ to: event.currentTarget.value || undefined })} />
      </Group>
      <Shown of={figures}>{(own) => <Figures survey={survey} figures={own} by={by} />}</Shown>
      <Askings id={survey.id} />
      {doing === 'edit' && <SurveyEditor survey={survey} close={() => setDoing(null)} />}
      {doing === 'ask' && <AskWhom survey={survey} segments={segments.data?.items ?? []} close={() => setDoing(null)} />}
    </>
  );
}

/** A figure with its interval, by the kind of its question. */
function useMeasured() {
  const format = useFormat();
  const { t } = useTranslation();
  return (kind: string | undefined, own: Measured | null | undefined) => {
    if (!own || own.value === null || own.value === undefined) return { value: t('surveys.nothing_yet'), sure: '' };
    const share = kind === 'csat' || kind === undefined;
    const say = (value: number) => (share ? format.share(value) : format.number(Math.round(value * 10) / 10));
    return { value: say(own.value), sure: own.interval ? t('surveys.interval', { low: say(own.interval.low), high: say(own.interval.high) }) : '' };
  };
}

function Figures({ survey, figures, by }: { survey: SurveyOf; figures: SurveyFiguresOf; by: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const measured = useMeasured();
  const said = useSaid(survey.survey.language);
  const response = measured(undefined, figures.response);
  const main = survey.survey.questions.find((own) => own.id === figures.main);
  return (
    <Stack gap="lg" mb="lg">
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {(['asked', 'opened', 'answered'] as const).map((own) => (
          <Tile key={own} label={t(`surveys.${own}`)} value={format.number(figures[own])} />
        ))}
        <Tile label={t('surveys.response')} value={response.value} below={response.sure} />
      </SimpleGrid>
      {figures.not_asked.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('surveys.not_asked')}: {figures.not_asked.map((own) => `${t(`surveys.reasons.${own.name}`, { defaultValue: t(`messages.reasons.${own.name}`, { defaultValue: own.name }) })} ${format.number(own.count)}`).join(', ')}
        </Text>
      )}
      {survey.survey.questions.map((question) => {
        const own = figures.questions.find((it) => it.id === question.id);
        return own ? <OneQuestion key={question.id} title={said(question.says)} kind={question.kind} own={own} options={Object.fromEntries((question.options ?? []).map((it) => [it.id, said(it.says)]))} /> : null;
      })}
      {by && figures.groups.length > 0 && (
        <section aria-label={t(`surveys.group.${by}`)}>
          <Title order={2} size="h5" mb="xs">
            {t(`surveys.group.${by}`)}
          </Title>
          <Listing
            label={t(`surveys.group.${by}`)}
            rows={figures.groups}
            keyOf={(own) => own.name}
            width={420}
            columns={[
              { head: t(`surveys.group.${by}`), cell: (own) => (by === 'way' ? t(`surveys.way.${own.name}`, { defaultValue: own.name }) : own.name || t('surveys.unknown')) },
              { head: t('surveys.answered'), right: true, cell: (own) => format.number(own.answers) },
              { head: t('surveys.figure'), right: true, cell: (own) => measured(main?.kind, own.figure).value },
              { head: t('surveys.sure'), right: true, cell: (own) => measured(main?.kind, own.figure).sure },
            ]}
          />
        </section>
      )}
      <Themes figures={figures} />
    </Stack>
  );
}

function Tile({ label, value, below }: { label: string; value: string; below?: string }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={700} size="xl">
        {value}
      </Text>
      {below && (
        <Text size="xs" c="dimmed">
          {below}
        </Text>
      )}
    </Paper>
  );
}

function OneQuestion({ title, kind, own, options }: { title: string; kind: string; own: Question; options: Record<string, string> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const measured = useMeasured()(kind, own.figure);
  const all = own.counts.reduce((sum, it) => sum + it.count, 0);
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {t(`surveys.kinds.${kind}`)}
          </Text>
        </div>
        {own.figure && (
          <div style={{ textAlign: 'end' }}>
            <Text fw={700} size="xl">
              {measured.value}
            </Text>
            <Text size="xs" c="dimmed">
              {measured.sure}
            </Text>
          </div>
        )}
      </Group>
      {kind === 'text' ? (
        <Text size="sm">{t('surveys.texts', { count: own.texts, shown: format.number(own.texts) })}</Text>
      ) : (
        own.counts.map((it) => (
          <Group key={it.name} gap="sm" wrap="nowrap" mb={4}>
            <Text size="sm" w={options[it.name] ? 160 : 24} ta={options[it.name] ? 'start' : 'end'}>
              {options[it.name] ?? it.name}
            </Text>
            <Progress value={all ? (100 * it.count) / all : 0} flex={1} aria-label={`${options[it.name] ?? it.name}: ${it.count}`} />
            <Text size="sm" w={48} ta="end">
              {format.number(it.count)}
            </Text>
          </Group>
        ))
      )}
    </Paper>
  );
}

function Themes({ figures }: { figures: SurveyFiguresOf }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const settings = useQuery({ queryKey: ['survey-settings'], queryFn: () => data(api.GET('/v1/survey-settings')) });
  const all = [...figures.themes, ...(figures.no_theme.texts > 0 ? [figures.no_theme] : [])];
  if (all.length === 0) return null;
  const called = (id: string) => {
    const says = settings.data?.themes.find((own) => own.id === id)?.says;
    return id === '' ? t('surveys.no_theme') : (says?.[i18n.language] ?? id);
  };
  return (
    <section aria-labelledby="themes">
      <Title order={2} size="h5" mb="xs" id="themes">
        {t('surveys.themes')}
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {all.map((own) => (
          <Paper key={own.id} withBorder p="md">
            <Group justify="space-between" mb="xs">
              <Text fw={600}>{called(own.id)}</Text>
              <Badge variant="default">{format.number(own.texts)}</Badge>
            </Group>
            {own.examples.map((it, at) => (
              <Blockquote key={at} p="xs" mt="xs" style={{ overflowWrap: 'anywhere' }} cite={<MemberLink id={it.member} />}>
                {it.text}
              </Blockquote>
            ))}
          </Paper>
        ))}
      </SimpleGrid>
    </section>
  );
}

function Askings({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [stage, setStage] = useState<string | null>(null);
  const askings = useInfiniteQuery({
    queryKey: ['surveys', id, 'askings', stage],
    queryFn: ({ pageParam }) =>
      data(api.GET('/v1/surveys/{survey}/askings', { params: { path: { survey: id }, query: { limit: 25, ...(stage ? { stage } : {}), ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <section aria-labelledby="askings">
      <Title order={2} size="h5" mb="xs" id="askings">
        {t('surveys.askings')}
      </Title>
      <Group mb="md">
        <Select label={t('surveys.state')} clearable data={['waiting', 'asked', 'answered', 'not_asked'].map((own) => ({ value: own, label: t(`surveys.stages.${own}`) }))} value={stage} onChange={setStage} />
      </Group>
      <Paged of={askings} none={t('surveys.nobody')}>
        {(rows) => (
          <Listing
            label={t('surveys.askings')}
            rows={rows}
            keyOf={(own) => own.id}
            columns={[
              { head: t('members.name'), cell: (own) => <MemberLink id={own.member} /> },
              { head: t('surveys.state'), cell: (own) => t(`surveys.stages.${own.stage}`) },
              { head: t('messages.reason'), cell: (own) => own.reason && t(`surveys.reasons.${own.reason}`, { defaultValue: t(`messages.reasons.${own.reason}`, { defaultValue: own.reason }) }) },
              { head: t('surveys.asked'), cell: (own) => (own.asked_at ? format.moment(own.asked_at) : '') },
              { head: t('surveys.answered'), cell: (own) => (own.answered_at ? format.moment(own.answered_at) : '') },
            ]}
          />
        )}
      </Paged>
    </section>
  );
}

function AskWhom({ survey, segments, close }: { survey: SurveyOf; segments: { id: string; name: string }[]; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [segment, setSegment] = useState<string | null>(null);
  const [member, setMember] = useState('');
  const to = member.trim() === '' ? segment && { segment } : { member: member.trim() };
  return (
    <Ask
      opened
      close={close}
      title={t('surveys.ask')}
      confirm={t('surveys.ask')}
      ready={Boolean(to)}
      said={t('surveys.being_asked')}
      act={async () => {
        if (!to) return;
        await data(api.POST('/v1/surveys/{survey}/askings', { params: { path: { survey: survey.id } }, body: to }));
        await queries.invalidateQueries({ queryKey: ['surveys', survey.id] });
      }}
    >
      <Select label={t('messages.segment')} clearable data={segments.map((own) => ({ value: own.id, label: own.name }))} value={segment} onChange={setSegment} />
      <TextInput label={t('messages.member')} description={t('messages.member_why')} value={member} onChange={(event) => setMember(event.currentTarget.value)} />
    </Ask>
  );
}
