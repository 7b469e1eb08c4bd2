// A set of offers in writing: what each gives, to whom, what it costs and what an order is worth.
import { Button, Checkbox, Fieldset, Group, MultiSelect, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type OfferSetOf } from '../api/client';
import { LANGUAGES as NAMES } from '../words';
import { Ask } from './ask';
import { IdField } from './id-field';

type Body = OfferSetOf['set'];
type Offer = Body['offers'][number];
type Words = Record<string, string>;

const LANGUAGES = Object.keys(NAMES);
const KINDS = ['points', 'reward', 'coupon'];
const CONTEXTS = ['nothing', 'tier', 'segments'];

const fresh = (no: number): Offer => ({ id: `offer-${no}`, title: {}, text: {}, gives: { kind: 'points', id: '', amount: 10 }, when: '', cost: '0', value: '' });

const start = (language: string): Body => ({
  name: '',
  language,
  days: 14,
  hold_out: 10,
  explore: 5,
  budget: '',
  context: 'nothing',
  segments: [],
  when: '',
  offers: [fresh(1), fresh(2)],
  live: true,
});

export function OfferSetEditor({ set, close }: { set: OfferSetOf | null; close: () => void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [id, setId] = useState(set?.id ?? '');
  const [body, setBody] = useState<Body>(set?.set ?? start(i18n.language));
  const [shown, setShown] = useState(body.language);
  const segments = useQuery({ queryKey: ['segments'], queryFn: () => data(api.GET('/v1/segments')) });
  const put = (part: Partial<Body>) => setBody((before) => ({ ...before, ...part }));
  const putOffer = (at: number, part: Partial<Offer>) => put({ offers: body.offers.map((own, place) => (place === at ? { ...own, ...part } : own)) });
  return (
    <Ask
      opened
      close={close}
      title={set ? t('offers.change') : t('offers.make')}
      confirm={t('messages.save')}
      ready={body.name.trim() !== '' && id !== '' && body.offers.length > 0}
      said={t('messages.saved')}
      act={async () => {
        await data(api.PUT('/v1/offer-sets/{set}', { params: { path: { set: id } }, body: sent(body) }));
        await queries.invalidateQueries({ queryKey: ['offer-sets'] });
      }}
    >
      {(fault) => (
        <>
          <TextInput label={t('offers.name')} required maxLength={100} value={body.name} onChange={(event) => put({ name: event.currentTarget.value })} error={fault('/name')} />
          {!set && <IdField id={id} change={setId} error={fault('/id')} />}
          <Group grow>
            <Select label={t('messages.own_language')} allowDeselect={false} data={LANGUAGES} value={body.language} onChange={(value) => put({ language: value ?? 'en' })} />
            <Select label={t('messages.write_in')} allowDeselect={false} data={LANGUAGES} value={shown} onChange={(value) => setShown(value ?? 'en')} />
          </Group>
          <Group grow align="flex-start">
            <NumberInput label={t('offers.days')} description={t('offers.days_why')} min={1} max={90} value={body.days} onChange={(value) => put({ days: Number(value) || 0 })} error={fault('/days')} />
            <TextInput label={t('offers.budget')} description={t('offers.budget_why')} required inputMode="decimal" value={String(body.budget)} onChange={(event) => put({ budget: event.currentTarget.value })} error={fault('/budget')} />
          </Group>
          <Group grow align="flex-start">
            <NumberInput label={t('offers.hold_out')} description={t('offers.hold_out_why')} min={5} max={50} value={body.hold_out ?? ''} onChange={(value) => put({ hold_out: Number(value) || 0 })} error={fault('/hold_out')} />
            <NumberInput label={t('offers.explore')} description={t('offers.explore_why')} min={1} max={100} value={body.explore ?? ''} onChange={(value) => put({ explore: Number(value) || 0 })} error={fault('/explore')} />
          </Group>
          <Select
            label={t('offers.context')}
            description={t('offers.context_why')}
            allowDeselect={false}
            data={CONTEXTS.map((own) => ({ value: own, label: t(`offers.contexts.${own}`) }))}
            value={body.context}
            onChange={(context) => put({ context: context ?? 'nothing', segments: [] })}
            error={fault('/context')}
          />
          {body.context === 'segments' && (
            <MultiSelect
              label={t('offers.segments')}
              data={(segments.data?.items ?? []).map((own) => ({ value: own.id, label: own.name }))}
              value={body.segments ?? []}
              onChange={(ids) => put({ segments: ids })}
              error={fault('/segments') ?? fault('/segments/0')}
            />
          )}
          <When label={t('offers.when')} value={body.when ?? ''} change={(when) => put({ when })} error={fault('/when')} />
          {body.offers.map((own, at) => (
            <OneOffer
              key={at}
              offer={own}
              no={at + 1}
              language={shown}
              fault={(part) => fault(`/offers/${at}${part}`)}
              change={(part) => putOffer(at, part)}
              remove={body.offers.length > 1 ? () => put({ offers: body.offers.filter((_, place) => place !== at) }) : undefined}
            />
          ))}
          <Group>
            <Button variant="default" onClick={() => put({ offers: [...body.offers, fresh(body.offers.length + 1)] })}>
              {t('offers.add')}
            </Button>
          </Group>
          <Checkbox label={t('offers.live')} checked={body.live} onChange={(event) => put({ live: event.currentTarget.checked })} />
        </>
      )}
    </Ask>
  );
}

function When({ label, value, change, error }: { label: string; value: string; change: (next: string) => void; error: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={label}
      description={t('offers.when_why')}
      autosize
      minRows={1}
      maxLength={4096}
      spellCheck={false}
      styles={{ input: { fontFamily: 'monospace' } }}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      error={error}
    />
  );
}

function OneOffer({
  offer,
  no,
  language,
  fault,
  change,
  remove,
}: {
  offer: Offer;
  no: number;
  language: string;
  fault: (at: string) => string | undefined;
  change: (part: Partial<Offer>) => void;
  remove: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const { gives } = offer;
  const said = (words: Words | null | undefined) => words?.[language] ?? '';
  return (
    <Fieldset legend={t('offers.offer', { no })}>
      <Stack gap="xs">
        <TextInput label={t('offers.id')} value={offer.id} onChange={(event) => change({ id: event.currentTarget.value })} error={fault('/id')} />
        <TextInput label={t('offers.says')} value={said(offer.title)} onChange={(event) => change({ title: { ...offer.title, [language]: event.currentTarget.value } })} error={fault('/title') ?? fault(`/title/${language}`)} />
        <Textarea label={t('offers.text')} autosize minRows={1} value={said(offer.text)} onChange={(event) => change({ text: { ...offer.text, [language]: event.currentTarget.value } })} error={fault('/text') ?? fault(`/text/${language}`)} />
        <Group grow align="flex-start">
          <Select
            label={t('offers.gives')}
            allowDeselect={false}
            data={KINDS.map((own) => ({ value: own, label: t(`offers.kinds.${own}`) }))}
            value={gives.kind}
            onChange={(kind) => change({ gives: { kind: kind ?? 'points', id: gives.id, ...(kind === 'points' ? { amount: gives.amount ?? 10 } : {}) } })}
            error={fault('/gives/kind')}
          />
          <TextInput label={t('offers.which')} value={gives.id} onChange={(event) => change({ gives: { ...gives, id: event.currentTarget.value } })} error={fault('/gives/id')} />
          {gives.kind === 'points' && <NumberInput label={t('offers.amount')} min={1} value={gives.amount ?? ''} onChange={(value) => change({ gives: { ...gives, amount: Number(value) || 0 } })} error={fault('/gives/amount')} />}
        </Group>
        <Group grow align="flex-start">
          <TextInput label={t('offers.cost')} description={t('offers.cost_why')} inputMode="decimal" value={String(offer.cost ?? '')} onChange={(event) => change({ cost: event.currentTarget.value })} error={fault('/cost')} />
          <TextInput label={t('offers.value')} description={t('offers.value_why')} inputMode="decimal" value={String(offer.value)} onChange={(event) => change({ value: event.currentTarget.value })} error={fault('/value')} />
        </Group>
        <When label={t('offers.for_whom')} value={offer.when ?? ''} change={(when) => change({ when })} error={fault('/when')} />
        {remove && (
          <Group justify="flex-end">
            <Button size="compact-sm" variant="default" onClick={remove} aria-label={t('offers.remove_no', { no })}>
              {t('surveys.remove')}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}

/** As the API takes it: what says nothing in a language is not said in it, and what was left empty costs nothing. */
function sent(body: Body): Body {
  const said = (words: Words | null | undefined) => Object.fromEntries(Object.entries(words ?? {}).filter(([, text]) => text.trim() !== ''));
  const money = (text: unknown) => String(text ?? '').trim() || '0';
  return {
    ...body,
    name: body.name.trim(),
    budget: money(body.budget),
    offers: body.offers.map((own) => ({ ...own, id: own.id.trim(), title: said(own.title), text: said(own.text), cost: money(own.cost), value: money(own.value) })),
  };
}
