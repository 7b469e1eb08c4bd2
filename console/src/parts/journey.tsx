// A journey's text, with what is wrong at its line while it is written, and what it would have come to.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, Failed, type Finding, type JourneyTrialOf } from '../api/client';
import { Editor } from './editor';
import { useFormat } from './format';
import { Power } from './lift';
import { Listing } from './listing';
import { Problem } from './state';

/** What was done, with its reason, in words. */
export function useDid() {
  const { t, i18n } = useTranslation();
  return (did: string, reason?: string) => {
    const said = t(`journeys.did.${did}`);
    if (!reason) return said;
    const keys = [`journeys.reasons.${reason}`, `messages.reasons.${reason}`];
    const key = keys.find((own) => i18n.exists(own));
    return `${said}: ${key ? t(key) : reason}`;
  };
}

export function JourneyText({ text, change, findings }: { text: string; change: (text: string) => void; findings: Finding[] }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Stack gap="xs">
      <Editor label={t('journeys.text')} text={text} change={change} findings={findings} describedBy={id} />
      <div id={id} role="status">
        {findings.map((it) => (
          <Text key={`${it.line}:${it.column} ${it.message}`} size="sm" lang="en">
            {`${it.line}:${it.column} ${it.message}`}
            {it.hint && ` — ${it.hint}`}
          </Text>
        ))}
      </div>
    </Stack>
  );
}

/** What is wrong with a text, by the answer that refused it. */
export const findingsOf = (error: unknown): Finding[] => (error instanceof Failed ? error.findings : []);

/** Runs it over the last ninety days: who would have got what. */
export function JourneyTrial({ id, text }: { id: string; text: string }) {
  const { t } = useTranslation();
  const trial = useMutation({ mutationFn: () => data(api.POST('/v1/journeys/preview', { body: { id, text } })) });
  const wrong = findingsOf(trial.error);
  return (
    <section aria-labelledby="journey-trial">
      <Group mb="xs">
        <Button variant="default" loading={trial.isPending} disabled={text.trim() === ''} onClick={() => trial.mutate()}>
          {t('journeys.try')}
        </Button>
        <Text size="sm" c="dimmed" id="journey-trial">
          {t('journeys.try_why')}
        </Text>
      </Group>
      {trial.isSuccess && <Came trial={trial.data} />}
      {wrong.map((it) => (
        <Text key={`${it.line}:${it.column} ${it.message}`} size="sm" lang="en">{`${it.line}:${it.column} ${it.message}`}</Text>
      ))}
      {trial.isError && wrong.length === 0 && <Problem error={trial.error} again={() => trial.mutate()} />}
    </section>
  );
}

function Came({ trial }: { trial: JourneyTrialOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const did = useDid();
  return (
    <Stack gap="xs" role="status">
      <Text fw={600}>
        {t('journeys.tried', {
          since: format.day(trial.since),
          entered: format.number(trial.entered),
          of: format.number(trial.members),
          held: format.number(trial.held_out),
          given: trial.given,
          points: trial.points,
        })}
      </Text>
      {(trial.unknown?.length ?? 0) > 0 && <Text size="sm">{t('journeys.unknown', { what: trial.unknown?.join(', ') })}</Text>}
      {trial.power && <Power power={trial.power} />}
      {trial.steps.length > 0 && (
        <Listing
          label={t('journeys.try')}
          rows={trial.steps}
          keyOf={(own) => `${own.step} ${own.did} ${own.reason ?? ''}`}
          width={360}
          columns={[
            { head: t('journeys.step'), cell: (own) => <code>{own.step}</code> },
            { head: t('journeys.what'), cell: (own) => did(own.did, own.reason) },
            { head: t('journeys.times'), right: true, cell: (own) => format.number(own.count) },
          ]}
        />
      )}
    </Stack>
  );
}
