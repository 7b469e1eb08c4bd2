// The id of something new: small letters, digits and hyphens, whatever is typed.
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function IdField({ id, change, error }: { id: string; change: (id: string) => void; error?: string | undefined }) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('segments.id')}
      description={t('segments.id_why')}
      required
      maxLength={40}
      value={id}
      onChange={(event) => change(event.currentTarget.value.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'))}
      error={error}
    />
  );
}
