// Says all the time that what is done here is not live.
import { Button, Group, Paper, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session';
import { PageLink } from './link';
import { Problem } from './state';

export function SandboxBanner() {
  const { t } = useTranslation();
  const { session, go } = useSession();
  const leaving = useMutation({ mutationFn: () => go('live') });
  if (session?.workspace !== 'sandbox') return null;
  return (
    <Paper p="sm" mb="lg" component="section" aria-label={t('sandbox.banner')} className="sandbox-banner">
      <Group justify="space-between" gap="sm">
        <Text fw={650} size="sm">
          {t('sandbox.here')}
        </Text>
        <Group gap="sm">
          <PageLink to="/sandbox" c="inherit" size="sm">
            {t('sandbox.manage')}
          </PageLink>
          <Button size="xs" color="dark.9" loading={leaving.isPending} onClick={() => leaving.mutate()}>
            {t('sandbox.leave')}
          </Button>
        </Group>
      </Group>
      {leaving.error && <Problem error={leaving.error} />}
    </Paper>
  );
}
