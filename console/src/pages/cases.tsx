// Cases of members: the queue with its clock, how they went, and what is promised.
import { Badge, Button, Checkbox, Group, NumberInput, Select, SimpleGrid, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type CaseOf, type CaseSettingsOf, data } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Listing, Only, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Problem, Shown } from '../parts/state';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/cases')({ component: CasesPage });

function CasesPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const { of = 'queue' } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <>
      <PageHead title={t('service.title')} sub={t('service.sub')} />
      <Tabs value={of} keepMounted={false} onChange={(next) => void navigate({ search: next && next !== 'queue' ? { of: next } : {} })}>
        <Tabs.List mb="lg" aria-label={t('service.title')}>
          <Tabs.Tab value="queue">{t('service.queue')}</Tabs.Tab>
          <Tabs.Tab value="report">{t('service.report')}</Tabs.Tab>
          {may('program') && <Tabs.Tab value="settings">{t('messages.settings')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="queue">
          <Queue />
        </Tabs.Panel>
        <Tabs.Panel value="report">
          <Report />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** Until when something is to be done, and whether that is over. */
export function Due({ own }: { own: CaseOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group gap="xs" wrap="nowrap">
      {own.due ? format.moment(own.due) : t(`service.states.${own.state}`)}
      {own.late && (
        <Badge color="red" variant="light" style={{ flexShrink: 0 }}>
          {t('service.late')}
        </Badge>
      )}
    </Group>
  );
}

function Queue() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { state, agent, late } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [opening, setOpening] = useState(false);
  const set = (part: Record<string, string | undefined>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const query = { ...(state ? { state } : {}), ...(agent ? { agent } : {}), ...(late ? { late: true } : {}) };
  const cases = useInfiniteQuery({
    queryKey: ['cases', query],
    queryFn: ({ pageParam }) => data(api.GET('/v1/cases', { params: { query: { limit: 25, ...query, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 10_000,
  });
  return (
    <>
      <Group mb="md" align="flex-end">
        <Only label={t('surveys.state')} data={['open', 'waiting', 'solved'].map((own) => ({ value: own, label: t(`service.states.${own}`) }))} value={state} change={(next) => set({ state: next })} />
        <Only
          label={t('service.agent')}
          data={[
            { value: 'me', label: t('service.mine') },
            { value: 'nobody', label: t('service.nobodys') },
          ]}
          value={agent}
          change={(next) => set({ agent: next })}
        />
        <Checkbox mb="xs" label={t('service.late_only')} checked={Boolean(late)} onChange={(event) => set({ late: event.currentTarget.checked ? 'true' : undefined })} />
        {may('ingest') && (
          <Button variant="default" onClick={() => setOpening(true)} ml="auto">
            {t('service.open')}
          </Button>
        )}
      </Group>
      <Paged of={cases} none={t('service.none')}>
        {(rows) => (
          <Listing
            label={t('service.queue')}
            rows={rows}
            keyOf={(own) => own.id}
            width={760}
            columns={[
              {
                head: t('service.subject'),
                cell: (own) => (
                  <PageLink to="/cases/$case" params={{ case: own.id }} fw={600}>
                    {own.subject || t('service.forgotten')}
                  </PageLink>
                ),
              },
              { head: t('members.name'), cell: (own) => <MemberLink id={own.member} /> },
              { head: t('service.cause'), cell: (own) => t(`service.causes.${own.cause}`) },
              { head: t('service.agent'), cell: (own) => own.agent?.name ?? '–' },
              { head: t('service.due'), cell: (own) => <Due own={own} /> },
              { head: t('service.opened'), cell: (own) => format.moment(own.opened_at) },
            ]}
          />
        )}
      </Paged>
      {opening && <Open close={() => setOpening(false)} />}
    </>
  );
}

function Open({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [member, setMember] = useState('');
  const [subject, setSubject] = useState('');
  const [text, setText] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('service.open')}
      confirm={t('service.open')}
      ready={Boolean(member.trim() && subject.trim() && text.trim())}
      said={t('service.opened_now')}
      act={async () => {
        await data(api.POST('/v1/cases', { body: { member: member.trim(), subject, text } }));
        await queries.invalidateQueries({ queryKey: ['cases'] });
      }}
    >
      <TextInput label={t('service.member')} description={t('messages.member_why')} required value={member} onChange={(event) => setMember(event.currentTarget.value)} />
      <TextInput label={t('service.subject')} required maxLength={200} value={subject} onChange={(event) => setSubject(event.currentTarget.value)} />
      <Textarea label={t('service.known')} required autosize minRows={4} value={text} onChange={(event) => setText(event.currentTarget.value)} />
    </Ask>
  );
}

/** Minutes of work as hours and minutes. */
function useMinutes() {
  const { t } = useTranslation();
  return (minutes: number | null | undefined) => (typeof minutes === 'number' ? t('service.minutes', { hours: Math.floor(minutes / 60), minutes: minutes % 60 }) : t('surveys.nothing_yet'));
}

function Report() {
  const { t } = useTranslation();
  const format = useFormat();
  const minutes = useMinutes();
  const { from, to } = Route.useSearch();
  const navigate = Route.useNavigate();
  const set = (part: Record<string, string | undefined>) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const query = { ...(from ? { from } : {}), ...(to ? { to } : {}) };
  const report = useQuery({ queryKey: ['cases', 'report', query], queryFn: () => data(api.GET('/v1/cases/report', { params: { query } })) });
  return (
    <>
      <Group mb="md">
        <TextInput type="date" label={t('surveys.from')} value={from ?? ''} onChange={(event) => set({ from: event.currentTarget.value || undefined })} />
        <TextInput type="date" label={t('surveys.to')} value={to ?? ''} onChange={(event) => set({ to: event.currentTarget.value || undefined })} />
      </Group>
      <Shown of={report}>
        {(own) => {
          type Part = typeof own.recovered;
          const share = (part: Part) => (typeof part.value === 'number' ? `${format.share(part.value)} (${part.numerator} / ${part.denominator})` : t('surveys.nothing_yet'));
          const sure = (part: Part) => (part.interval ? t('surveys.interval', { low: format.share(part.interval.low), high: format.share(part.interval.high) }) : '');
          const rows = [
            { name: t('service.opened_count'), value: format.number(own.opened), sure: '' },
            ...own.causes.map((it) => ({ name: `– ${t(`service.causes.${it.name}`)}`, value: format.number(it.count), sure: '' })),
            { name: t('service.solved_count'), value: format.number(own.solved), sure: '' },
            { name: t('service.answer_time'), value: minutes(own.answer_minutes), sure: '' },
            { name: t('service.solve_time'), value: minutes(own.solve_minutes), sure: '' },
            { name: t('service.answered_in_time'), value: share(own.answered_in_time), sure: sure(own.answered_in_time) },
            { name: t('service.solved_in_time'), value: share(own.solved_in_time), sure: sure(own.solved_in_time) },
            { name: t('service.recovered'), value: share(own.recovered), sure: sure(own.recovered) },
            { name: t('service.lost'), value: format.number(own.lost), sure: '' },
            { name: t('service.open_still'), value: format.number(own.open_still), sure: '' },
            { name: t('service.given'), value: format.number(own.made_good), sure: '' },
          ];
          return (
            <Listing
              label={t('service.report')}
              rows={rows}
              keyOf={(row) => row.name}
              width={420}
              columns={[
                { head: t('surveys.figure'), cell: (row) => row.name },
                { head: t('messages.value'), right: true, cell: (row) => row.value },
                { head: t('surveys.sure'), right: true, cell: (row) => row.sure },
              ]}
            />
          );
        }}
      </Shown>
    </>
  );
}

function Settings() {
  const settings = useQuery({ queryKey: ['case-settings'], queryFn: () => data(api.GET('/v1/case-settings')) });
  return <Shown of={settings}>{(own) => <Set key={JSON.stringify(own)} own={own} />}</Shown>;
}

function Set({ own }: { own: CaseSettingsOf }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const surveys = useQuery({ queryKey: ['surveys'], queryFn: () => data(api.GET('/v1/surveys')) });
  const [body, setBody] = useState(own);
  const [fault, setFault] = useState<unknown>(null);
  const set = (part: Partial<CaseSettingsOf>) => setBody((before) => ({ ...before, ...part }));
  const day = (at: number) => new Intl.DateTimeFormat(i18n.language, { weekday: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + at)));
  const save = async () => {
    setFault(null);
    try {
      await data(api.PUT('/v1/case-settings', { body }));
      tell(t('messages.saved'));
      await queries.invalidateQueries({ queryKey: ['case-settings'] });
    } catch (error) {
      setFault(error);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack maw={640}>
        <Text size="sm" c="dimmed">
          {t('service.hours_why')}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
          {body.hours.map((hours, at) => (
            <TextInput key={at} label={day(at)} placeholder={t('service.day_off')} value={hours} onChange={(event) => set({ hours: body.hours.map((it, place) => (place === at ? event.currentTarget.value : it)) })} />
          ))}
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput label={t('service.answer_minutes')} min={1} value={body.answer_minutes} onChange={(value) => set({ answer_minutes: Number(value) || 1 })} />
          <NumberInput label={t('service.solve_minutes')} min={1} value={body.solve_minutes} onChange={(value) => set({ solve_minutes: Number(value) || 1 })} />
          <NumberInput label={t('service.budget')} description={t('service.budget_why')} min={0} value={body.budget} onChange={(value) => set({ budget: Number(value) || 0 })} />
          <NumberInput label={t('service.recovered_days')} description={t('service.recovered_why')} min={1} max={365} value={body.recovered_days} onChange={(value) => set({ recovered_days: Number(value) || 1 })} />
          <Select
            label={t('service.follow_up')}
            clearable
            data={(surveys.data?.items ?? []).map((it) => ({ value: it.id, label: it.survey.name }))}
            value={body.follow_up?.survey ?? null}
            onChange={(survey) => set({ follow_up: survey ? { survey, days: body.follow_up?.days ?? 3 } : null })}
          />
          <NumberInput label={t('surveys.days')} min={0} max={365} disabled={!body.follow_up} value={body.follow_up?.days ?? 3} onChange={(value) => body.follow_up && set({ follow_up: { ...body.follow_up, days: Number(value) || 0 } })} />
        </SimpleGrid>
        <TextInput label={t('service.reply_to')} description={t('service.reply_to_why')} value={body.reply_to ?? ''} onChange={(event) => set({ reply_to: event.currentTarget.value })} />
        {fault !== null && <Problem error={fault} />}
        <Group justify="flex-end">
          <Button type="submit" color="teal.9">
            {t('messages.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
