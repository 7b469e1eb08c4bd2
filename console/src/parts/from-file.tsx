// A button that reads a text from a file.
import { Button, FileButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function FromFile({ accept, change }: { accept: string; change: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <FileButton accept={accept} onChange={(file) => void file?.text().then(change)} inputProps={{ 'aria-label': t('codes.file') }}>
      {(props) => (
        <Button variant="default" size="xs" {...props}>
          {t('codes.file')}
        </Button>
      )}
    </FileButton>
  );
}
