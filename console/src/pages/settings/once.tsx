// Shows a secret the one time that it is there.
import { Button, Code, CopyButton, Group, Paper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Once({ title, words, secret, done }: { title: string; words: string; secret: string; done: () => void }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md" mb="md" role="status">
      <Text fw={650}>{title}</Text>
      <Text size="sm">{words}</Text>
      <Code block my="xs" className="once">
        {secret}
      </Code>
      <Group gap="xs">
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button size="xs" color="teal.9" onClick={copy}>
              {copied ? t('settings.copied') : t('settings.copy')}
            </Button>
          )}
        </CopyButton>
        <Button size="xs" variant="default" onClick={done}>
          {t('settings.seen')}
        </Button>
      </Group>
    </Paper>
  );
}
