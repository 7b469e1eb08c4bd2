// One journey: what each step came to, who is where and why, its text; started, paused, stopped, changed.
import { Badge, Button, Group, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Finding, type JourneyMemberOf, type JourneyOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { Dialogue } from '../parts/dialogue';
import { useFormat } from '../parts/format';
import { findingsOf, JourneyText, JourneyTrial, useDid } from '../parts/journey';
import { Lift } from '../parts/lift';
import { Listing, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/journeys/$journey')({ component: JourneyPage });

type Doing = 'running' | 'paused' | 'stopped' | 'edit' | 'delete';

function JourneyPage() {
  const { journey } = Route.useParams();
  const one = useQuery({
    queryKey: ['journeys', journey],
    queryFn: () => data(api.GET('/v1/journeys/{journey}', { params: { path: { journey } } })),
    refetchInterval: 5000,
  });
  return <Shown of={one}>{(found) => <Whole journey={found} />}</Shown>;
}

function Whole({ journey }: { journey: JourneyOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  const { state } = journey;
  const held = journey.hold_out_percent > 0 ? ` · ${t('journeys.share', { percent: journey.hold_out_percent })}` : '';
  const moves: [Doing, boolean][] = [
    ['running', state !== 'running'],
    ['paused', state === 'running'],
    ['stopped', state === 'running' || state === 'paused'],
    ['edit', true],
    ['delete', state === 'draft' || state === 'stopped'],
  ];
  return (
    <>
      <PageHead title={journey.name} sub={`${t(`journeys.states.${state}`)} · ${t('journeys.count', { shown: format.number(journey.here) })}${held}`}>
        {may('program') && (
          <Group>
            {moves
              .filter(([, can]) => can)
              .map(([own]) => (
                <Button key={own} variant={own === 'running' ? 'filled' : 'default'} onClick={() => setDoing(own)}>
                  {t(`journeys.moves.${own === 'running' && state === 'paused' ? 'resume' : own}`)}
                </Button>
              ))}
          </Group>
        )}
      </PageHead>
      <Stack gap="lg">
        {(journey.findings ?? []).length > 0 && (
          <Paper withBorder p="lg">
            <Text fw={600}>{t('journeys.broken')}</Text>
            {(journey.findings ?? []).map((it) => (
              <Text key={`${it.line}:${it.column} ${it.message}`} size="sm" lang="en">{`${it.line}:${it.column} ${it.message}`}</Text>
            ))}
          </Paper>
        )}
        <Sums journey={journey} />
        <Steps journey={journey} />
        {journey.state !== 'draft' && (
          <Lift
            name={['journeys', journey.id]}
            ask={(query) => data(api.GET('/v1/journeys/{journey}/lift', { params: { path: { journey: journey.id }, query } }))}
          />
        )}
        <Members journey={journey} />
        <JourneyTrial id={journey.id} text={journey.text} />
      </Stack>
      {doing === 'edit' && <Edit journey={journey} close={close} />}
      {(doing === 'running' || doing === 'paused' || doing === 'stopped') && <Move journey={journey} state={doing} close={close} />}
      {doing === 'delete' && <Delete journey={journey} close={close} />}
    </>
  );
}

function Sums({ journey }: { journey: JourneyOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const ended = journey.ended.map((own) => `${format.number(own.count)} ${t(`journeys.ends.${own.reason}`)}`);
  const given = journey.budget ? t('journeys.of_budget', { given: journey.given, budget: journey.budget, over: journey.over_budget }) : journey.given;
  const rows = [
    { name: t('journeys.entered'), value: format.number(journey.entered) },
    { name: t('journeys.held_out'), value: format.number(journey.held_out) },
    { name: t('journeys.ended'), value: ended.join(', ') || '0' },
    { name: t('journeys.given'), value: given },
  ];
  return (
    <Listing
      label={t('journeys.sums')}
      rows={rows}
      keyOf={(own) => own.name}
      width={320}
      columns={[
        { head: t('journeys.sums'), cell: (own) => own.name },
        { head: t('journeys.so_far'), cell: (own) => own.value },
      ]}
    />
  );
}

function Steps({ journey }: { journey: JourneyOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const did = useDid();
  return (
    <section aria-labelledby="journey-steps">
      <Title order={2} size="h5" mb="xs" id="journey-steps">
        {t('journeys.steps')}
      </Title>
      <Listing
        label={t('journeys.steps')}
        rows={journey.steps}
        keyOf={(own) => own.id}
        columns={[
          { head: t('journeys.step'), cell: (own) => <code>{own.id}</code> },
          {
            head: t('journeys.does'),
            cell: (own) => (
              <>
                {own.does ? t(`journeys.does_what.${own.does}`) : t('journeys.gone')}
                {own.what && (
                  <Text size="xs" c="dimmed">
                    {own.owner ? `${own.what} (${own.owner})` : own.what}
                  </Text>
                )}
              </>
            ),
          },
          { head: t('journeys.here'), right: true, cell: (own) => format.number(own.here) },
          {
            head: t('journeys.so_far'),
            cell: (own) => own.counts.map((it) => <div key={`${it.did} ${it.reason ?? ''}`}>{`${format.number(it.count)} ${did(it.did, it.reason)}`}</div>),
          },
        ]}
      />
    </section>
  );
}

function Members({ journey }: { journey: JourneyOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [step, setStep] = useState<string | null>(null);
  const [of, setOf] = useState<JourneyMemberOf | null>(null);
  const members = useInfiniteQuery({
    queryKey: ['journeys', journey.id, 'members', step],
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/v1/journeys/{journey}/members', {
          params: { path: { journey: journey.id }, query: { limit: 25, ...(step ? { step } : {}), ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <section aria-labelledby="journey-members">
      <Group justify="space-between" align="flex-end" mb="xs">
        <Title order={2} size="h5" id="journey-members">
          {t('journeys.who')}
        </Title>
        <Select
          label={t('journeys.step')}
          clearable
          data={journey.steps.map((own) => own.id)}
          value={step}
          onChange={setStep}
        />
      </Group>
      <Paged of={members} none={t('journeys.nobody')}>
        {(rows) => (
          <Listing
            label={t('journeys.who')}
            rows={rows}
            keyOf={(own) => own.member}
            columns={[
              { head: t('members.name'), cell: (own) => <MemberLink id={own.member} /> },
              {
                head: t('journeys.step'),
                cell: (own) => (
                  <>
                    <code>{own.step}</code>{' '}
                    {own.held_out && (
                      <Badge variant="default" radius="sm" tt="none">
                        {t('messages.reasons.held_out')}
                      </Badge>
                    )}
                  </>
                ),
              },
              { head: t('segments.since'), cell: (own) => format.moment(own.since) },
              { head: t('journeys.goes_on'), cell: (own) => (own.ended ? t(`journeys.ends.${own.ended}`) : own.due_at ? format.moment(own.due_at) : '') },
              {
                head: t('journeys.why'),
                cell: (own) => (
                  <Button variant="default" size="compact-sm" onClick={() => setOf(own)}>
                    {t('journeys.show')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Paged>
      {of && <Why journey={journey} member={of} close={() => setOf(null)} />}
    </section>
  );
}

/** What was done for a member, and the task that waits for somebody. */
function Why({ journey, member, close }: { journey: JourneyOf; member: JourneyMemberOf; close: () => void }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const did = useDid();
  const queries = useQueryClient();
  const [asks, setAsks] = useState(false);
  const path = { journey: journey.id, member: member.member };
  const found = useQuery({
    queryKey: ['journeys', journey.id, 'members', 'of', member.member],
    queryFn: () => data(api.GET('/v1/journeys/{journey}/members/{member}', { params: { path } })),
  });
  const step = journey.steps.find((own) => own.id === member.step);
  const waits = step?.does === 'task' && !member.ended;
  if (asks && step) {
    return (
      <Ask
        opened
        close={close}
        title={step.what}
        confirm={t('journeys.done')}
        said={t('journeys.task_done')}
        act={async () => {
          await data(api.POST('/v1/journeys/{journey}/tasks', { params: { path: { journey: journey.id } }, body: { member: member.member, step: step.id } }));
          await queries.invalidateQueries({ queryKey: ['journeys'] });
        }}
      >
        {t('journeys.task_why', { owner: step.owner })}
      </Ask>
    );
  }
  return (
    <Dialogue opened onClose={close} title={t('journeys.why')}>
      <Stack>
        <MemberLink id={member.member} />
        <Shown of={found} lines={4}>
          {({ deeds }) => (
            <Listing
              label={t('journeys.why')}
              rows={deeds.map((own, at) => ({ ...own, at_place: at }))}
              keyOf={(own) => String(own.at_place)}
              width={320}
              columns={[
                { head: t('messages.when'), cell: (own) => format.moment(own.at) },
                { head: t('journeys.step'), cell: (own) => <code>{own.step}</code> },
                { head: t('journeys.what'), cell: (own) => `${did(own.did, own.reason)}${own.points ? ` (${own.points})` : ''}` },
              ]}
            />
          )}
        </Shown>
        {waits && may('program') && (
          <Group justify="flex-end">
            <Button onClick={() => setAsks(true)}>{t('journeys.done')}</Button>
          </Group>
        )}
      </Stack>
    </Dialogue>
  );
}

function Move({ journey, state, close }: { journey: JourneyOf; state: 'running' | 'paused' | 'stopped'; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const resumes = state === 'running' && journey.state === 'paused';
  const name = t(`journeys.moves.${resumes ? 'resume' : state}`);
  return (
    <Ask
      opened
      close={close}
      title={name}
      confirm={name}
      danger={state === 'stopped'}
      said={t('journeys.changed')}
      act={async () => {
        await data(api.POST('/v1/journeys/{journey}/state', { params: { path: { journey: journey.id } }, body: { version: journey.version, state } }));
        await queries.invalidateQueries({ queryKey: ['journeys'] });
      }}
    >
      {t(`journeys.moves_why.${resumes ? 'resume' : state}`)}
    </Ask>
  );
}

function Edit({ journey, close }: { journey: JourneyOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState(journey.text);
  const [findings, setFindings] = useState<Finding[]>(journey.findings ?? []);
  // What was seen when the form was opened: the page asks again meanwhile.
  const [version] = useState(journey.version);
  return (
    <Ask
      opened
      close={close}
      title={t('journeys.moves.edit')}
      confirm={t('journeys.save')}
      ready={text.trim() !== ''}
      said={t('journeys.changed')}
      act={async () => {
        try {
          await data(api.PUT('/v1/journeys/{journey}', { params: { path: { journey: journey.id } }, body: { version, text } }));
        } catch (error) {
          setFindings(findingsOf(error));
          throw error;
        }
        await queries.invalidateQueries({ queryKey: ['journeys'] });
      }}
    >
      <JourneyText
        text={text}
        change={(next) => {
          setText(next);
          setFindings([]);
        }}
        findings={findings}
      />
      <JourneyTrial id={journey.id} text={text} />
    </Ask>
  );
}

function Delete({ journey, close }: { journey: JourneyOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  return (
    <Ask
      opened
      close={close}
      title={t('journeys.moves.delete')}
      confirm={t('journeys.moves.delete')}
      danger
      said={t('journeys.deleted')}
      act={async () => {
        await data(api.DELETE('/v1/journeys/{journey}', { params: { path: { journey: journey.id } } }));
        await navigate({ to: '/journeys' });
        await queries.invalidateQueries({ queryKey: ['journeys'], exact: true });
      }}
    >
      {t('journeys.delete_why')}
    </Ask>
  );
}
