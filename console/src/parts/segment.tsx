// A segment's condition, previewed while it is written.
import { Alert, Anchor, Collapse, Stack, Table, Text, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, Failed, type SegmentsOf } from '../api/client';
import { useFormat } from './format';
import { MemberLink } from './member-link';
import { Problem } from './state';

export type SegmentName = SegmentsOf['figures'][number];

export function ConditionField({
  value,
  change,
  figures,
  isRight,
}: {
  value: string;
  change: (next: string) => void;
  figures: SegmentName[];
  /** Told whether what is written was looked at, and is right. */
  isRight: (right: boolean) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [names, setNames] = useState(false);
  const [asked] = useDebouncedValue(value.trim(), 300);
  const preview = useQuery({
    queryKey: ['segments', 'preview', asked],
    queryFn: () => data(api.POST('/v1/segments/preview', { body: { condition: asked } })),
    enabled: asked !== '',
    retry: false,
    placeholderData: keepPreviousData,
    // What was not counted yet is asked for again.
    refetchInterval: (query) => (query.state.data?.complete === false ? 2000 : false),
  });
  const right = asked !== '' && asked === value.trim() && preview.isSuccess && !preview.isPlaceholderData;
  useEffect(() => isRight(right), [right, isRight]);
  const findings = preview.error instanceof Failed ? preview.error.findings : [];
  return (
    <Stack gap="xs">
      <Textarea
        label={t('segments.condition')}
        description={t('segments.condition_why')}
        required
        autosize
        minRows={3}
        maxLength={4096}
        spellCheck={false}
        lang="en"
        styles={{ input: { fontFamily: 'monospace' } }}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        error={findings.length > 0 ? t('segments.wrong') : undefined}
      />
      <div role="status">
        {findings.map((it) => (
          <Text key={`${it.line}:${it.column}`} size="sm" lang="en">
            {`${it.line}:${it.column} ${it.message}`}
            {it.hint && ` — ${it.hint}`}
          </Text>
        ))}
        {preview.isSuccess && asked !== '' && (
          <Text size="sm" fw={600}>
            {t('segments.holds_of', { members: format.number(preview.data.members), of: format.number(preview.data.of) })}
          </Text>
        )}
        {preview.data?.complete === false && <Text size="sm">{t('segments.counting')}</Text>}
      </div>
      {preview.isError && findings.length === 0 && <Problem error={preview.error} again={() => void preview.refetch()} />}
      {preview.isSuccess && asked !== '' && preview.data.sample.length > 0 && (
        <Alert variant="default" title={t('segments.sample')}>
          {preview.data.sample.slice(0, 5).map((member) => (
            <div key={member}>
              <MemberLink id={member} />
            </div>
          ))}
        </Alert>
      )}
      <Anchor component="button" type="button" size="sm" c="bright" underline="always" aria-expanded={names} aria-controls={id} onClick={() => setNames(!names)}>
        {t('segments.names')}
      </Anchor>
      <Collapse expanded={names} id={id}>
        <Table.ScrollContainer minWidth={320} mah={260} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('segments.names') } }}>
          <Table verticalSpacing={4} lang="en">
            <Table.Tbody>
              {figures.map((own) => (
                <Table.Tr key={own.name}>
                  <Table.Th scope="row">
                    <code>{own.name}</code>
                  </Table.Th>
                  <Table.Td>{`${own.meaning} (${own.kind})`}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Collapse>
    </Stack>
  );
}
