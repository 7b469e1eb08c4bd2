// A guided start: a kind of program, six questions, what it comes to on orders, and it is published.
import { Alert, Badge, Button, Card, Checkbox, Group, NativeSelect, Radio, SimpleGrid, Slider, Stack, Stepper, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, asFile, data } from '../api/client';
import type { components } from '../api/schema';
import { useSession } from '../api/session';
import { Editor } from '../parts/editor';
import { useFormat } from '../parts/format';
import { numberFormat } from '../parts/formats';
import { PageHead, Problem, Shown } from '../parts/state';
import { tell } from '../parts/tell';
import { Trial } from '../parts/trial';
import { useApproval } from './program/proposals';

export const Route = createLazyRoute('/shell/start')({ component: StartPage });

type Sample = components['schemas']['SampleOut'];
type Answers = components['schemas']['AnswersIn'];

const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'CNY', 'JPY', 'PLN', 'SEK', 'NOK', 'DKK', 'CZK', 'HUF', 'RON', 'TRY', 'UAH', 'RUB', 'INR', 'BRL', 'MXN', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'KRW', 'AED', 'SAR', 'ILS', 'ZAR'];
const MONTHS = [0, 6, 12, 18, 24, 36];

function StartPage() {
  const { t } = useTranslation();
  const library = useQuery({ queryKey: ['library'], queryFn: () => data(api.GET('/v1/library')), staleTime: Infinity });
  return (
    <>
      <PageHead title={t('start.title')} sub={t('start.sub')} />
      <Shown of={library} lines={8}>
        {({ items }) => <Steps library={items} />}
      </Shown>
    </>
  );
}

function Steps({ library }: { library: Sample[] }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const [step, setStep] = useState(0);
  const [name, setName] = useState('');
  const [answers, setAnswers] = useState<Answers>({ business: session?.tenant_name ?? '', currency: 'EUR', basket: '25', generosity: 30, months: 12, tiers: true, cards: true });
  const sample = library.find((it) => it.name === name);
  const fitting = useMutation({
    mutationFn: () => data(api.POST('/v1/library/{name}/fit', { params: { path: { name } }, body: { ...answers, basket: String(answers.basket).replace(',', '.') } })),
    onSuccess: () => setStep(2),
  });
  const choose = (sample: Sample) => {
    setName(sample.name);
    setAnswers((now) => ({ ...now, currency: CURRENCIES.includes(sample.currency) ? sample.currency : 'EUR', tiers: sample.sections.includes('tier'), cards: sample.sections.includes('card') }));
  };
  return (
    <Stepper active={step} onStepClick={(to) => to < step && setStep(to)} allowNextStepsSelect={false} size="sm" color="teal.9" styles={{ stepDescription: { color: 'var(--mantine-color-dimmed)' } }}>
      <Stepper.Step label={t('start.step_kind')} description={sample?.name}>
        <Kinds library={library} name={name} choose={choose} />
        <Group justify="flex-end" mt="md">
          <Button disabled={!sample} onClick={() => setStep(1)}>
            {t('start.next')}
          </Button>
        </Group>
      </Stepper.Step>
      <Stepper.Step label={t('start.step_questions')}>
        {sample && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              fitting.mutate();
            }}
          >
            <Questions sample={sample} answers={answers} set={(change) => setAnswers((now) => ({ ...now, ...change }))} />
            {fitting.error && <Problem error={fitting.error} />}
            <Group justify="space-between" mt="md">
              <Button variant="default" onClick={() => setStep(0)}>
                {t('start.back')}
              </Button>
              <Button type="submit" loading={fitting.isPending}>
                {t('start.next')}
              </Button>
            </Group>
          </form>
        )}
      </Stepper.Step>
      <Stepper.Step label={t('start.step_see')}>{fitting.data && <See text={fitting.data.text} kept={fitting.data.kept} basket={String(answers.basket)} back={() => setStep(1)} />}</Stepper.Step>
    </Stepper>
  );
}

function Kinds({ library, name, choose }: { library: Sample[]; name: string; choose: (sample: Sample) => void }) {
  const { t } = useTranslation();
  return (
    <Radio.Group value={name} onChange={(value) => choose(library.find((it) => it.name === value)!)} label={t('start.kind')} description={t('start.kind_how')}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} mt="sm">
        {library.map((sample) => (
          <Radio.Card key={sample.name} value={sample.name} p="md" className="choice">
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator color="teal.9" />
              <div>
                <Text fw={650}>{t(`library.${sample.name}`, { defaultValue: sample.name })}</Text>
                <Text size="sm">{t(`library_about.${sample.name}`, { defaultValue: sample.about })}</Text>
                <Group gap={4} mt={6}>
                  {sample.sections
                    .filter((section) => ['points', 'tier', 'card', 'reward', 'referral', 'plan', 'coupon', 'challenge', 'partner'].includes(section))
                    .map((section) => (
                      <Badge key={section} variant="default" tt="none" size="sm" fw={400}>
                        {t(`section.${section}`)}
                      </Badge>
                    ))}
                </Group>
              </div>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}

function Questions({ sample, answers, set }: { sample: Sample; answers: Answers; set: (change: Partial<Answers>) => void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const percent = (thousandths: number) => numberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 }).format(thousandths / 1000);
  const currencies = CURRENCIES.includes(answers.currency) ? CURRENCIES : [answers.currency, ...CURRENCIES];
  const names = new Intl.DisplayNames([i18n.language], { type: 'currency' });
  const basket = Number(String(answers.basket).replace(',', '.'));
  const has = (section: string) => sample.sections.includes(section);
  return (
    <Stack maw={560} gap="lg">
      <TextInput label={t('start.business')} description={t('start.business_how')} required maxLength={80} value={answers.business} onChange={(event) => set({ business: event.currentTarget.value })} />
      <NativeSelect label={t('start.currency')} value={answers.currency} onChange={(event) => set({ currency: event.currentTarget.value })} data={currencies.map((value) => ({ value, label: `${value}: ${names.of(value) ?? value}` }))} />
      <TextInput label={t('start.basket')} description={t('start.basket_how')} required inputMode="decimal" value={String(answers.basket)} onChange={(event) => set({ basket: event.currentTarget.value })} />
      <div>
        <Text size="sm" fw={500} id="generosity">
          {t('start.generosity')}: {percent(answers.generosity)}
        </Text>
        <Text size="xs" c="dimmed" mb="xs">
          {t('start.generosity_how', { back: basket > 0 ? format.money(((basket * answers.generosity) / 1000).toFixed(2), answers.currency) : '–' })}
        </Text>
        <Slider aria-label={t('start.generosity')} min={5} max={150} step={5} value={answers.generosity} onChange={(generosity) => set({ generosity })} label={percent} color="teal.9" thumbLabel={t('start.generosity')} />
      </div>
      <NativeSelect label={t('start.lapse')} value={String(answers.months)} onChange={(event) => set({ months: Number(event.currentTarget.value) })} data={MONTHS.map((months) => ({ value: String(months), label: months === 0 ? t('start.never') : t('start.months', { count: months }) }))} />
      <Stack gap="xs" role="group" aria-label={t('start.parts')}>
        <Text size="sm" fw={500}>
          {t('start.parts')}
        </Text>
        <Checkbox label={t('start.tiers')} description={has('tier') ? undefined : t('start.has_none')} disabled={!has('tier')} checked={answers.tiers ?? false} onChange={(event) => set({ tiers: event.currentTarget.checked })} color="teal.9" />
        <Checkbox label={t('start.cards')} description={has('card') ? undefined : t('start.has_none')} disabled={!has('card')} checked={answers.cards ?? false} onChange={(event) => set({ cards: event.currentTarget.checked })} color="teal.9" />
      </Stack>
    </Stack>
  );
}

function See({ text: made, kept, basket, back }: { text: string; kept: string[]; basket: string; back: () => void }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const approval = useApproval();
  const [text, setText] = useState(made);
  const versions = useQuery({ queryKey: ['program', 'versions'], queryFn: () => data(api.GET('/v1/programs')) });
  const current = versions.data?.items[0];
  const checked = useQuery({ queryKey: ['program', 'check', text], queryFn: () => data(api.POST('/v1/programs/check', { ...asFile, body: text })), staleTime: Infinity });
  const proposing = approval.data?.needed === true;
  const publishing = useMutation({
    mutationFn: async () => {
      const body = { ...asFile, params: { query: { note: t('start.note') } }, body: text };
      if (proposing) {
        await data(api.POST('/v1/programs/proposals', body));
        return t('proposals.proposed_said');
      }
      const version = await data(api.POST('/v1/programs', body));
      return t('program.applied', { version: version?.version });
    },
    onSuccess: async (said) => {
      tell(said);
      await queries.invalidateQueries({ queryKey: ['program'] });
      await navigate({ to: '/program' });
    },
  });
  return (
    <Stack>
      {kept.length > 0 && <Alert color="yellow" variant="light">{t('start.kept', { sections: kept.map((section) => t(`section.${section}`)).join(', ') })}</Alert>}
      {current && (
        <Alert color="yellow" variant="light" title={t('start.replaces', { name: current.name })}>
          {t('start.replaces_words')}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <section>
          <Title order={2} size="h4" mb="xs">
            {t('start.says')}
          </Title>
          <Shown of={checked}>
            {({ parts, findings }) => (
              <Stack gap="xs" mah={440} style={{ overflowY: 'auto' }} tabIndex={0} role="group" aria-label={t('start.says')}>
                {(findings ?? []).filter((finding) => finding.error).map((finding) => (
                  <Alert key={finding.message} color="red" variant="light">
                    {t('program.at_line', { line: finding.line, column: finding.column })}: {finding.message}
                  </Alert>
                ))}
                {(parts ?? []).map((part) => (
                  <Card key={part.kind + part.id} withBorder p="sm" style={{ flexShrink: 0 }}>
                    <Text fw={650}>{part.id || t(`part.${part.kind || 'program'}`, { defaultValue: part.kind })}</Text>
                    <ul className="plain-list">
                      {part.says.map((line, at) => (
                        <Text component="li" size="sm" key={at}>
                          {line}
                        </Text>
                      ))}
                    </ul>
                  </Card>
                ))}
              </Stack>
            )}
          </Shown>
        </section>
        <section>
          <Title order={2} size="h4" mb="xs">
            {t('start.file')}
          </Title>
          <Editor label={t('program.editor')} text={text} change={setText} findings={checked.data?.findings ?? []} />
        </section>
      </SimpleGrid>
      <section>
        <Title order={2} size="h4" mb="xs">
          {t('start.comes_to')}
        </Title>
        <Trial program={text} choices={current ? ['sample', 'file', 'shop'] : ['sample', 'file']} basket={basket.replace(',', '.')} />
      </section>
      {publishing.error && <Problem error={publishing.error} />}
      <Group justify="space-between">
        <Button variant="default" onClick={back}>
          {t('start.back')}
        </Button>
        <Button disabled={!checked.data?.ok || !may('program') || approval.isPending} loading={publishing.isPending} onClick={() => publishing.mutate()}>
          {proposing ? t('proposals.propose') : t('start.publish')}
        </Button>
      </Group>
    </Stack>
  );
}
