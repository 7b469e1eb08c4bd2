// A list of codes, typed, pasted or read from a file.
import { FileButton, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { firstFields } from './csv';

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
        <FileButton accept=".csv,.txt,text/csv,text/plain" onChange={(file) => void file?.text().then(change)} inputProps={{ 'aria-label': t('codes.file') }}>
          {(props) => (
            <Button variant="default" size="xs" {...props}>
              {t('codes.file')}
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}
