// A list of codes, typed, pasted or read from a file.
import { Group, Stack, Text, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { firstFields } from './csv';
import { FromFile } from './from-file';

export function CodesField({ text, change, error }: { text: string; change: (text: string) => void; error?: string | undefined }) {
  const { t } = useTranslation();
  const count = firstFields(text).length;
  return (
    <Stack gap="xs">
      <Textarea
        label={t('codes.list')}
        description={t('codes.list_how')}
        required
        autosize
        minRows={4}
        maxRows={10}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        error={error}
      />
      <Group justify="space-between">
        <Text size="sm" aria-live="polite">
          {t('codes.count', { count })}
        </Text>
        <FromFile accept=".csv,.txt,text/csv,text/plain" change={change} />
      </Group>
    </Stack>
  );
}
