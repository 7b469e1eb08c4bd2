// A survey in writing: what it asks in each language, and where it goes on after which answers.
import { Button, Checkbox, Fieldset, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SurveyOf } from '../api/client';
import { LANGUAGES as NAMES } from '../words';
import { Ask } from './ask';
import { IdField } from './id-field';

type Body = SurveyOf['survey'];
type Question = Body['questions'][number];
type Branch = NonNullable<Question['next']>[number];
type Test = NonNullable<Branch['when']>;

const LANGUAGES = Object.keys(NAMES);
const KINDS = ['nps', 'cli', 'csat', 'ces', 'one', 'several', 'text'];
const WAYS = ['portal', 'email', 'widget'];
export const SCALES: Record<string, [number, number]> = { nps: [0, 10], cli: [1, 6], csat: [1, 5], ces: [1, 7] };

const fresh = (id: string, kind: string): Question => ({ id, kind, says: {}, needed: kind === 'nps', options: [], field: '', next: [] });

/** A survey to begin with: whether they would recommend the shop, and why. */
function start(t: (key: string) => string, language: string): Body {
  const say = (key: string) => ({ [language]: t(`surveys.begin.${key}`) });
  return {
    name: t('surveys.begin.name'),
    language,
    title: say('title'),
    lead: {},
    thanks: say('thanks'),
    activity: 'survey',
    questions: [
      { ...fresh('recommend', 'nps'), says: say('recommend'), field: 'recommend' },
      { ...fresh('why', 'text'), says: say('why') },
    ],
    ways: ['portal'],
    opens_case: [{ question: 'recommend', most: 6 }],
    live: true,
  };
}

export function SurveyEditor({ survey, close }: { survey: SurveyOf | null; close: () => void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [id, setId] = useState(survey?.id ?? '');
  const [body, setBody] = useState<Body>(survey?.survey ?? start(t, i18n.language));
  const [shown, setShown] = useState(body.language);
  const set = (part: Partial<Body>) => setBody((before) => ({ ...before, ...part }));
  const setQuestion = (at: number, part: Partial<Question>) => set({ questions: body.questions.map((own, place) => (place === at ? { ...own, ...part } : own)) });
  return (
    <Ask
      opened
      close={close}
      title={survey ? t('surveys.change') : t('surveys.make')}
      confirm={t('messages.save')}
      ready={body.name.trim() !== '' && id !== '' && body.questions.length > 0}
      said={t('messages.saved')}
      act={async () => {
        await data(api.PUT('/v1/surveys/{survey}', { params: { path: { survey: id } }, body: sent(body) }));
        await queries.invalidateQueries({ queryKey: ['surveys'] });
      }}
    >
      {(fault) => {
        const words = (label: string, at: string, value: Record<string, string>, change: (next: Record<string, string>) => void, long?: boolean) => {
          const props = {
            label,
            value: value[shown] ?? '',
            onChange: (event: { currentTarget: { value: string } }) => change({ ...value, [shown]: event.currentTarget.value }),
            error: fault(at) ?? fault(`${at}/${shown}`),
          };
          return long ? <Textarea autosize minRows={2} {...props} /> : <TextInput {...props} />;
        };
        return (
          <>
            <TextInput label={t('surveys.name')} required maxLength={100} value={body.name} onChange={(event) => set({ name: event.currentTarget.value })} error={fault('/name')} />
            {!survey && <IdField id={id} change={setId} error={fault('/id')} />}
            <Group grow>
              <Select label={t('messages.own_language')} allowDeselect={false} data={LANGUAGES} value={body.language} onChange={(value) => set({ language: value ?? 'en' })} />
              <Select label={t('messages.write_in')} allowDeselect={false} data={LANGUAGES} value={shown} onChange={(value) => setShown(value ?? 'en')} />
            </Group>
            {words(t('surveys.heading'), '/title', body.title, (title) => set({ title }))}
            {words(t('surveys.lead'), '/lead', body.lead ?? {}, (lead) => set({ lead }), true)}
            {words(t('surveys.thanks'), '/thanks', body.thanks, (thanks) => set({ thanks }))}
            <TextInput label={t('surveys.activity')} description={t('surveys.activity_why')} required value={body.activity} onChange={(event) => set({ activity: event.currentTarget.value })} error={fault('/activity')} />
            {body.questions.map((question, at) => (
              <Fieldset key={at} legend={t('surveys.question', { no: at + 1 })}>
                <Stack gap="xs">
                  <Group grow>
                    <TextInput label={t('surveys.id')} value={question.id} onChange={(event) => setQuestion(at, { id: event.currentTarget.value })} error={fault(`/questions/${at}/id`) ?? fault(`/questions/${at}`)} />
                    <Select
                      label={t('surveys.kind')}
                      allowDeselect={false}
                      data={KINDS.map((own) => ({ value: own, label: t(`surveys.kinds.${own}`) }))}
                      value={question.kind}
                      onChange={(value) => setQuestion(at, { kind: value ?? 'text' })}
                      error={fault(`/questions/${at}/kind`)}
                    />
                  </Group>
                  {words(t('surveys.asks'), `/questions/${at}/says`, question.says, (says) => setQuestion(at, { says }), true)}
                  {['one', 'several'].includes(question.kind) && (
                    <Textarea
                      label={t('surveys.options')}
                      description={t('surveys.options_why')}
                      autosize
                      minRows={2}
                      value={(question.options ?? []).map((own) => `${own.id}: ${own.says[shown] ?? ''}`).join('\n')}
                      onChange={(event) => setQuestion(at, { options: optionsOf(event.currentTarget.value, question.options ?? [], shown) })}
                      error={fault(`/questions/${at}/options`)}
                    />
                  )}
                  <Group grow align="flex-start">
                    <TextInput label={t('surveys.field')} description={t('surveys.field_why')} value={question.field ?? ''} onChange={(event) => setQuestion(at, { field: event.currentTarget.value })} error={fault(`/questions/${at}/field`)} />
                    <Checkbox mt="xl" label={t('surveys.needed')} checked={question.needed ?? false} onChange={(event) => setQuestion(at, { needed: event.currentTarget.checked })} />
                  </Group>
                  <Branches question={question} all={body.questions} change={(next) => setQuestion(at, { next })} />
                  {fault(`/questions/${at}/next`) && (
                    <Text size="sm" c="red" role="alert">
                      {fault(`/questions/${at}/next`)}
                    </Text>
                  )}
                  <Group justify="flex-end">
                    <Button size="compact-sm" variant="default" onClick={() => set({ questions: body.questions.filter((_, place) => place !== at) })} aria-label={t('surveys.remove_no', { no: at + 1 })}>
                      {t('surveys.remove')}
                    </Button>
                  </Group>
                </Stack>
              </Fieldset>
            ))}
            <Group>
              <Button variant="default" onClick={() => set({ questions: [...body.questions, fresh(`question-${body.questions.length + 1}`, 'text')] })}>
                {t('surveys.add')}
              </Button>
            </Group>
            <Checkbox.Group label={t('surveys.ways')} value={body.ways} onChange={(ways) => set({ ways })} error={fault('/ways')}>
              <Group mt="xs">
                {WAYS.map((own) => (
                  <Checkbox key={own} value={own} label={t(`surveys.way.${own}`)} />
                ))}
              </Group>
            </Checkbox.Group>
            <Group grow align="flex-start">
              <TextInput
                label={t('surveys.trigger')}
                description={t('surveys.trigger_why')}
                value={body.trigger?.on ?? ''}
                onChange={(event) => set({ trigger: event.currentTarget.value ? { on: event.currentTarget.value, days: body.trigger?.days ?? 3 } : null })}
                error={fault('/trigger/on')}
              />
              <NumberInput label={t('surveys.days')} min={0} max={365} disabled={!body.trigger} value={body.trigger?.days ?? 3} onChange={(value) => body.trigger && set({ trigger: { ...body.trigger, days: Number(value) || 0 } })} error={fault('/trigger/days')} />
            </Group>
            <Alarms tests={body.opens_case ?? []} all={body.questions} change={(opens_case) => set({ opens_case })} />
            <Checkbox label={t('surveys.live')} checked={body.live} onChange={(event) => set({ live: event.currentTarget.checked })} />
          </>
        );
      }}
    </Ask>
  );
}

/** As the API takes it: what says nothing in a language is not said in it. */
function sent(body: Body): Body {
  const said = (words: Record<string, string>) => Object.fromEntries(Object.entries(words).filter(([, text]) => text.trim() !== ''));
  return {
    ...body,
    name: body.name.trim(),
    title: said(body.title),
    lead: said(body.lead ?? {}),
    thanks: said(body.thanks),
    questions: body.questions.map((own) => ({
      ...own,
      says: said(own.says),
      options: ['one', 'several'].includes(own.kind) ? (own.options ?? []).map((it) => ({ ...it, says: said(it.says) })) : [],
    })),
  };
}

/** Options, one in a line: its id, a colon, and what it says in this language. */
function optionsOf(text: string, before: NonNullable<Question['options']>, language: string) {
  return text.split('\n').map((line) => {
    const [id = '', ...rest] = line.split(':');
    const old = before.find((own) => own.id === id.trim());
    return { id: id.trim(), says: { ...old?.says, [language]: rest.join(':').trimStart() } };
  });
}

/** A condition on an answer: a number up to, or from, something, or an option. */
function TestFields({ test, all, change }: { test: Test; all: Question[]; change: (next: Test) => void }) {
  const { t } = useTranslation();
  const asked = all.find((own) => own.id === test.question);
  const scale = asked && SCALES[asked.kind];
  const bound = (name: 'least' | 'most', value: string | number) => {
    const { [name]: _, ...rest } = test;
    change(value === '' ? rest : { ...rest, [name]: Number(value) });
  };
  return (
    <Group grow align="flex-start">
      <Select
        label={t('surveys.if')}
        allowDeselect={false}
        data={all.filter((own) => own.kind !== 'text').map((own) => own.id)}
        value={test.question}
        onChange={(question) => question && change({ question })}
      />
      {scale ? (
        <>
          <NumberInput label={t('surveys.least')} min={scale[0]} max={scale[1]} value={test.least ?? ''} onChange={(value) => bound('least', value)} />
          <NumberInput label={t('surveys.most')} min={scale[0]} max={scale[1]} value={test.most ?? ''} onChange={(value) => bound('most', value)} />
        </>
      ) : (
        <Select label={t('surveys.option')} data={(asked?.options ?? []).map((own) => own.id)} value={test.option ?? null} onChange={(option) => change({ question: test.question, ...(option ? { option } : {}) })} />
      )}
    </Group>
  );
}

function Branches({ question, all, change }: { question: Question; all: Question[]; change: (next: Branch[]) => void }) {
  const { t } = useTranslation();
  const next = question.next ?? [];
  const put = (at: number, own: Branch) => change(next.map((it, place) => (place === at ? own : it)));
  const to = [...all.filter((own) => own.id !== question.id).map((own) => own.id), 'end'];
  return (
    <>
      {next.map((branch, at) => (
        <Stack key={at} gap={4}>
          {branch.when && <TestFields test={branch.when} all={all} change={(when) => put(at, { ...branch, when })} />}
          <Group align="flex-end">
            <Select
              label={t('surveys.goes_to')}
              allowDeselect={false}
              data={to.map((own) => ({ value: own, label: own === 'end' ? t('surveys.end') : own }))}
              value={branch.to}
              onChange={(value) => value && put(at, { ...branch, to: value })}
            />
            <Button size="compact-sm" variant="subtle" onClick={() => change(next.filter((_, place) => place !== at))}>
              {t('surveys.remove')}
            </Button>
          </Group>
        </Stack>
      ))}
      <Group>
        {question.kind !== 'text' && (
          <Button size="compact-sm" variant="subtle" onClick={() => change([...next, { when: { question: question.id }, to: 'end' }])}>
            {t('surveys.branch_if')}
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" onClick={() => change([...next, { to: 'end' }])}>
          {t('surveys.branch')}
        </Button>
      </Group>
    </>
  );
}

function Alarms({ tests, all, change }: { tests: Test[]; all: Question[]; change: (next: Test[]) => void }) {
  const { t } = useTranslation();
  const first = all.find((own) => own.kind !== 'text');
  return (
    <Fieldset legend={t('surveys.opens_case')}>
      <Stack gap="xs">
        {tests.map((test, at) => (
          <div key={at}>
            <TestFields test={test} all={all} change={(next) => change(tests.map((own, place) => (place === at ? next : own)))} />
            <Button size="compact-sm" variant="subtle" onClick={() => change(tests.filter((_, place) => place !== at))}>
              {t('surveys.remove')}
            </Button>
          </div>
        ))}
        {first && (
          <Group>
            <Button size="compact-sm" variant="subtle" onClick={() => change([...tests, { question: first.id }])}>
              {t('surveys.add_condition')}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}
