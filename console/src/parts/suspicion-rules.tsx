// What is taken for suspicious: how much in which time, from where on something else is a sign, and what all comes to.
import { Button, Checkbox, Group, NumberInput, Select, Stack, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SuspicionRulesOf } from '../api/client';
import { Ask } from './ask';
import { Problem, Waiting } from './state';

type Pace = SuspicionRulesOf['paces'][number];

export function SuspicionRules({ close }: { close: () => void }) {
  const rules = useQuery({ queryKey: ['suspicion-rules'], queryFn: () => data(api.GET('/v1/suspicion-rules')) });
  if (rules.error) return <Problem error={rules.error} />;
  if (!rules.data) return <Waiting lines={3} />;
  return <Form before={rules.data} close={close} />;
}

function Form({ before, close }: { before: SuspicionRulesOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [rules, setRules] = useState(before);
  const set = (some: Partial<SuspicionRulesOf>) => setRules({ ...rules, ...some });
  const pace = (at: number, some: Partial<Pace>) => set({ paces: rules.paces.map((own, place) => (place === at ? { ...own, ...some } : own)) });
  const number = (label: string, value: number, change: (next: number) => void, error?: string) => (
    <NumberInput aria-label={label} value={value} onChange={(next) => change(Number(next))} allowDecimal={false} min={0} w={110} {...(error ? { error } : {})} />
  );
  return (
    <Ask
      opened
      close={close}
      title={t('suspicions.rules')}
      confirm={t('suspicions.save')}
      said={t('suspicions.rules_said')}
      act={async () => {
        await data(api.PUT('/v1/suspicion-rules', { body: rules }));
        await queries.invalidateQueries({ queryKey: ['suspicion-rules'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('suspicions.rules_words')}</Text>
          <Checkbox label={t('suspicions.is_on')} checked={rules.on} onChange={(event) => set({ on: event.currentTarget.checked })} />
          <Group align="flex-start">
            <NumberInput
              label={t('suspicions.review_from')}
              value={rules.review_from}
              error={fault('/review_from')}
              min={1}
              max={100}
              onChange={(next) => set({ review_from: Number(next) })}
            />
            <NumberInput
              label={t('suspicions.hold_from')}
              value={rules.hold_from}
              error={fault('/hold_from')}
              min={1}
              max={100}
              onChange={(next) => set({ hold_from: Number(next) })}
            />
            <NumberInput label={t('suspicions.days')} value={rules.days} error={fault('/days')} min={1} max={90} onChange={(next) => set({ days: Number(next) })} />
          </Group>
          <Text fw={600}>{t('suspicions.paces')}</Text>
          {rules.paces.map((own, at) => (
            <Group key={at} align="flex-end" role="group" aria-label={t('suspicions.pace_of', { number: at + 1 })}>
              <Select
                label={t('suspicions.counts')}
                w={150}
                data={['purchases', 'redemptions', 'points'].map((value) => ({ value, label: t(`suspicions.counted.${value}`) }))}
                value={own.of}
                allowDeselect={false}
                onChange={(next) => next && pace(at, { of: next })}
              />
              <Select
                label={t('suspicions.for_each')}
                w={130}
                data={['member', 'store', 'seller'].map((value) => ({ value, label: t(`suspicions.suspect.${value}`) }))}
                value={own.per}
                allowDeselect={false}
                onChange={(next) => next && pace(at, { per: next })}
              />
              <NumberInput
                label={t('suspicions.minutes')}
                w={110}
                min={1}
                value={own.minutes}
                error={fault(`/paces/${at}/minutes`)}
                onChange={(next) => pace(at, { minutes: Number(next) })}
              />
              <NumberInput label={t('suspicions.most')} w={90} min={1} value={own.most} error={fault(`/paces/${at}/most`)} onChange={(next) => pace(at, { most: Number(next) })} />
              <NumberInput
                label={t('suspicions.weight')}
                w={90}
                min={1}
                max={100}
                value={own.weight}
                error={fault(`/paces/${at}/weight`)}
                onChange={(next) => pace(at, { weight: Number(next) })}
              />
              <Button variant="default" onClick={() => set({ paces: rules.paces.filter((_, place) => place !== at) })}>
                {t('suspicions.remove')}
              </Button>
            </Group>
          ))}
          <Group>
            <Button variant="default" onClick={() => set({ paces: [...rules.paces, { of: 'purchases', per: 'member', minutes: 60, most: 5, weight: 40 }] })}>
              {t('suspicions.add_pace')}
            </Button>
          </Group>
          <Text fw={600}>{t('suspicions.other_signs')}</Text>
          <Text size="sm" c="dimmed">
            {t('suspicions.limit_words')}
          </Text>
          <Table aria-label={t('suspicions.other_signs')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('suspicions.sign')}</Table.Th>
                <Table.Th>{t('suspicions.limit')}</Table.Th>
                <Table.Th>{t('suspicions.weight')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(rules.signs ?? []).map((own, at) => {
                const name = t(`suspicions.kind.${own.sign}`);
                const change = (some: Partial<typeof own>) => set({ signs: (rules.signs ?? []).map((other, place) => (place === at ? { ...other, ...some } : other)) });
                return (
                  <Table.Tr key={own.sign}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td>{number(`${name}: ${t('suspicions.limit')}`, own.limit, (limit) => change({ limit }), fault(`/signs/${own.sign}/limit`))}</Table.Td>
                    <Table.Td>{number(`${name}: ${t('suspicions.weight')}`, own.weight, (weight) => change({ weight }), fault(`/signs/${own.sign}/weight`))}</Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Stack>
      )}
    </Ask>
  );
}
