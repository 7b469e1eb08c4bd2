// Surveys: what members are asked, how often, and what their words are about.
import { Button, Checkbox, Fieldset, Group, NumberInput, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SurveySettingsOf } from '../api/client';
import { useSession } from '../api/session';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Listing, Nothing } from '../parts/listing';
import { PageHead, Problem, Shown } from '../parts/state';
import { SurveyEditor } from '../parts/survey';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/surveys')({ component: SurveysPage });

function SurveysPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const [tab, setTab] = useState<string | null>('surveys');
  return (
    <>
      <PageHead title={t('surveys.title')} sub={t('surveys.sub')} />
      <Tabs value={tab} keepMounted={false} onChange={setTab}>
        <Tabs.List mb="lg" aria-label={t('surveys.title')}>
          <Tabs.Tab value="surveys">{t('surveys.title')}</Tabs.Tab>
          {may('program') && <Tabs.Tab value="settings">{t('messages.settings')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="surveys">
          <Surveys />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Surveys() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [making, setMaking] = useState(false);
  const surveys = useQuery({ queryKey: ['surveys'], queryFn: () => data(api.GET('/v1/surveys')) });
  return (
    <>
      {may('program') && (
        <Group justify="flex-end" mb="md">
          <Button variant="default" onClick={() => setMaking(true)}>
            {t('surveys.make')}
          </Button>
        </Group>
      )}
      <Shown of={surveys}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t('surveys.none')}>{t('surveys.none_hint')}</Nothing>
          ) : (
            <Listing
              label={t('surveys.title')}
              rows={items}
              keyOf={(own) => own.id}
              columns={[
                {
                  head: t('surveys.name'),
                  cell: (own) => (
                    <PageLink to="/surveys/$survey" params={{ survey: own.id }} fw={600}>
                      {own.survey.name}
                    </PageLink>
                  ),
                },
                { head: t('surveys.questions'), right: true, cell: (own) => format.number(own.survey.questions.length) },
                { head: t('surveys.ways'), cell: (own) => own.survey.ways.map((way) => t(`surveys.way.${way}`)).join(', ') },
                { head: t('surveys.state'), cell: (own) => t(own.survey.live ? 'surveys.is_live' : 'surveys.is_over') },
                { head: t('messages.changed_at'), cell: (own) => format.day(own.changed_at) },
              ]}
            />
          )
        }
      </Shown>
      {making && <SurveyEditor survey={null} close={() => setMaking(false)} />}
    </>
  );
}

function Settings() {
  const settings = useQuery({ queryKey: ['survey-settings'], queryFn: () => data(api.GET('/v1/survey-settings')) });
  return <Shown of={settings}>{(own) => <Set key={JSON.stringify(own)} own={own} />}</Shown>;
}

function Set({ own }: { own: SurveySettingsOf }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [days, setDays] = useState<number>(own.apart_days);
  const [themes, setThemes] = useState(own.themes);
  const [fault, setFault] = useState<unknown>(null);
  const put = (at: number, part: Partial<(typeof themes)[number]>) => setThemes(themes.map((it, place) => (place === at ? { ...it, ...part } : it)));
  const save = async () => {
    setFault(null);
    try {
      await data(api.PUT('/v1/survey-settings', { body: { apart_days: days, themes } }));
      tell(t('messages.saved'));
      await queries.invalidateQueries({ queryKey: ['survey-settings'] });
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
      <Stack>
        <NumberInput label={t('surveys.apart')} description={t('surveys.apart_why')} min={0} max={730} value={days} onChange={(value) => setDays(Number(value) || 0)} maw={360} />
        <Text size="sm" c="dimmed">
          {t('surveys.themes_why')}
        </Text>
        {themes.map((theme, at) => (
          <Fieldset key={at} legend={theme.says[i18n.language] ?? theme.id}>
            <Group grow align="flex-start">
              <TextInput label={t('surveys.id')} value={theme.id} onChange={(event) => put(at, { id: event.currentTarget.value })} />
              <TextInput label={t('surveys.called')} value={theme.says[i18n.language] ?? ''} onChange={(event) => put(at, { says: { ...theme.says, [i18n.language]: event.currentTarget.value } })} />
            </Group>
            <Textarea label={t('surveys.words')} description={t('surveys.words_why')} autosize minRows={2} value={theme.words.join(' ')} onChange={(event) => put(at, { words: event.currentTarget.value.split(/\s+/).filter(Boolean) })} />
            <Group justify="space-between" mt="xs">
              <Checkbox label={t('surveys.theme_opens')} checked={theme.opens_case ?? false} onChange={(event) => put(at, { opens_case: event.currentTarget.checked })} />
              <Button size="compact-sm" variant="default" onClick={() => setThemes(themes.filter((_, place) => place !== at))} aria-label={`${t('surveys.remove')}: ${theme.says[i18n.language] ?? theme.id}`}>
                {t('surveys.remove')}
              </Button>
            </Group>
          </Fieldset>
        ))}
        {fault !== null && <Problem error={fault} />}
        <Group justify="space-between">
          <Button variant="default" onClick={() => setThemes([...themes, { id: `theme-${themes.length + 1}`, says: {}, words: [], opens_case: false }])}>
            {t('surveys.add_theme')}
          </Button>
          <Button type="submit" color="teal.9">
            {t('messages.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
