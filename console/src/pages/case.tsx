// One case: what was said and done, what is to be said, and how it ends.
import { Badge, Button, Checkbox, Group, Paper, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type CaseWithLinesOf, data } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { MemberLink } from '../parts/member-link';
import { PageHead, Problem, Shown } from '../parts/state';
import { tell } from '../parts/tell';
import { Due } from './cases';

export const Route = createLazyRoute('/shell/cases/$case')({ component: CasePage });

function CasePage() {
  const { case: id } = Route.useParams();
  const one = useQuery({
    queryKey: ['cases', id],
    queryFn: () => data(api.GET('/v1/cases/{case}', { params: { path: { case: id } } })),
    refetchInterval: 10_000,
  });
  return <Shown of={one}>{(found) => <Whole own={found} />}</Shown>;
}

function Whole({ own }: { own: CaseWithLinesOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const [doing, setDoing] = useState<'assign' | 'give' | 'solve' | null>(null);
  const change = async (body: { agent?: string; solved?: string; reopen?: boolean }) => {
    await data(api.PATCH('/v1/cases/{case}', { params: { path: { case: own.id } }, body }));
    await queries.invalidateQueries({ queryKey: ['cases'] });
  };
  const solved = own.state === 'solved';
  return (
    <>
      <PageHead title={own.subject || t('service.forgotten')} sub={`${t(`service.states.${own.state}`)} · ${t(`service.causes.${own.cause}`)} · ${format.moment(own.opened_at)}`}>
        {may('adjust') && (
          <Group>
            <Button variant="default" onClick={() => setDoing('assign')}>
              {t('service.assign')}
            </Button>
            {!solved && (
              <Button variant="default" onClick={() => setDoing('give')}>
                {t('service.give')}
              </Button>
            )}
            {solved ? (
              <Button variant="default" onClick={() => void change({ reopen: true })}>
                {t('service.reopen')}
              </Button>
            ) : (
              <Button color="teal.9" onClick={() => setDoing('solve')}>
                {t('service.solve')}
              </Button>
            )}
          </Group>
        )}
      </PageHead>
      <Group mb="lg" gap="xl">
        <Fact name={t('members.name')}>
          <MemberLink id={own.member} />
        </Fact>
        <Fact name={t('service.agent')}>{own.agent?.name ?? t('service.nobodys')}</Fact>
        <Fact name={t('service.due')}>
          <Due own={own} />
        </Fact>
        {Number(own.made_good) > 0 && <Fact name={t('service.given')}>{`${format.number(own.made_good)} ${own.points}`}</Fact>}
        {own.outcome && <Fact name={t('service.outcome')}>{t(`service.outcomes.${own.outcome}`)}</Fact>}
      </Group>
      <ol style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {own.lines.map((line) => (
          <Paper key={line.id} withBorder p="md" mb="sm" component="li" ml={line.kind === 'member' ? 0 : { base: 0, sm: 'xl' }} bg={line.kind === 'note' || line.kind === 'change' ? 'transparent' : undefined}>
            <Group justify="space-between" gap="xs" mb={4}>
              <Text size="sm" fw={600}>
                {line.kind === 'member' ? t('service.member_said') : (line.by?.name ?? '')}
              </Text>
              <Group gap="xs">
                {line.kind !== 'member' && <Badge variant="default">{t(`service.lines.${line.kind}`)}</Badge>}
                <Text size="xs" c="dimmed">
                  {format.moment(line.at)}
                </Text>
              </Group>
            </Group>
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {line.text || t('service.forgotten')}
            </Text>
            {line.unsent && (
              <Text size="sm" mt="xs" fw={600}>
                {t('service.unsent')} <span lang="en">{line.unsent}</span>
              </Text>
            )}
          </Paper>
        ))}
      </ol>
      {may('adjust') && <Say id={own.id} />}
      {doing === 'assign' && <Assign own={own} change={change} close={() => setDoing(null)} />}
      {doing === 'give' && <Give own={own} close={() => setDoing(null)} />}
      {doing === 'solve' && <Solve change={change} close={() => setDoing(null)} />}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}

function Say({ id }: { id: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [note, setNote] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const say = async () => {
    setBusy(true);
    setFault(null);
    try {
      await data(api.POST('/v1/cases/{case}/lines', { params: { path: { case: id } }, body: { text, note } }));
      setText('');
      tell(t(note ? 'service.noted' : 'service.said'));
      await queries.invalidateQueries({ queryKey: ['cases'] });
    } catch (error) {
      setFault(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="say">
      <Title order={2} size="h5" mb="xs" id="say">
        {t('service.say')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void say();
        }}
      >
        <Stack gap="sm">
          <Textarea label={t('service.text')} required autosize minRows={4} maxLength={10_000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <Checkbox label={t('service.is_note')} checked={note} onChange={(event) => setNote(event.currentTarget.checked)} />
          {fault !== null && <Problem error={fault} />}
          <Group justify="flex-end">
            <Button type="submit" color="teal.9" loading={busy} disabled={text.trim() === ''}>
              {t(note ? 'service.note' : 'service.reply')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

function Assign({ own, change, close }: { own: CaseWithLinesOf; change: (body: { agent: string }) => Promise<void>; close: () => void }) {
  const { t } = useTranslation();
  const { may, session } = useSession();
  const people = useQuery({ queryKey: ['people'], enabled: may('admin'), queryFn: () => data(api.GET('/v1/people')) });
  const me = session ? [{ value: session.key, label: t('service.me') }] : [];
  const others = (people.data?.items ?? []).filter((it) => it.id !== session?.key).map((it) => ({ value: it.id, label: it.name }));
  const [agent, setAgent] = useState<string | null>(own.agent?.id ?? null);
  return (
    <Ask opened close={close} title={t('service.assign')} confirm={t('service.assign')} said={t('messages.saved')} act={() => change({ agent: agent ?? '' })}>
      <Select label={t('service.agent')} clearable placeholder={t('service.nobodys')} data={[...me, ...others]} value={agent} onChange={setAgent} />
    </Ask>
  );
}

function Give({ own, close }: { own: CaseWithLinesOf; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [amount, setAmount] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('service.give')}
      confirm={t('service.give')}
      needsReason
      ready={Number(amount) > 0}
      said={t('service.is_given')}
      act={async (reason) => {
        const done = await data(api.POST('/v1/cases/{case}/points', { params: { path: { case: own.id } }, body: { amount, reason } }));
        await queries.invalidateQueries({ queryKey: ['cases'] });
        return t(`service.made.${done.state}`);
      }}
    >
      {(fault) => (
        <TextInput
          label={t('service.amount', { points: own.points })}
          description={t('service.left', { left: format.number(own.budget_left), points: own.points })}
          inputMode="decimal"
          required
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
          error={fault('/amount')}
        />
      )}
    </Ask>
  );
}

function Solve({ change, close }: { change: (body: { solved: string }) => Promise<void>; close: () => void }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<string | null>('made_good');
  return (
    <Ask opened close={close} title={t('service.solve')} confirm={t('service.solve')} said={t('service.is_solved')} ready={outcome !== null} act={() => change({ solved: outcome ?? 'nothing' })}>
      <Select label={t('service.outcome')} allowDeselect={false} data={['made_good', 'explained', 'nothing'].map((own) => ({ value: own, label: t(`service.outcomes.${own}`) }))} value={outcome} onChange={setOutcome} />
    </Ask>
  );
}
