// What models say of a member: the names of conditions beside what they mean.
import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, data } from '../api/client';
import { useFormat } from './format';
import { Part } from './member-more';

/** Which of them are parts of a hundred. */
const PER_CENT = new Set(['churn', 'alive']);
/** Under which words what a label says is found. */
const WORDS: Record<string, string> = { rfm: 'segment', loyalty: 'loyalty' };

export function Scores({ member }: { member: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const asked = useQuery({
    queryKey: ['member', member, 'scores'],
    queryFn: () => data(api.GET('/v1/members/{member}/scores', { params: { path: { member } } })),
  });
  const own = asked.data;
  // Of whom no model said anything there is nothing to show.
  if (!own?.as_of || own.scores.length + own.labels.length === 0) return null;
  const rows = [
    ...own.scores.map((it) => ({ name: it.name, value: PER_CENT.has(it.name) ? `${format.number(it.value)} %` : format.number(it.value) })),
    ...own.labels.map((it) => ({ name: it.name, value: t(`${WORDS[it.name]}.${it.value}`) })),
  ];
  return (
    <Part title={t('scores.title')}>
      <ul className="plain-list">
        {rows.map((it) => (
          <Group component="li" key={it.name} justify="space-between" wrap="nowrap" gap="md">
            <Text size="sm">{t(`scores.of.${it.name}`)}</Text>
            <Text size="sm" className="numbers">
              {it.value}
            </Text>
          </Group>
        ))}
      </ul>
      <Text size="xs" c="dimmed" mt={4}>
        {t('scores.as_of', { day: format.day(own.as_of) })}
      </Text>
    </Part>
  );
}
