// Signing in: with a key typed once, or by the link that the server printed when it started.
import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed } from '../api/client';
import { useSession } from '../api/session';
import { useReason } from '../parts/state';

/** The token behind the hash sign of the printed link. It is taken out of the address at once. */
function tokenOfLink(): string | null {
  const token = /^#sign-in=(once_[0-9a-f]+)$/.exec(window.location.hash)?.[1] ?? null;
  if (token) window.history.replaceState(null, '', window.location.pathname);
  return token;
}

export function SignInPage() {
  const { t } = useTranslation();
  const { signIn } = useSession();
  const reason = useReason();
  const [key, setKey] = useState('');
  const signing = useMutation({ mutationFn: signIn });
  const { mutate } = signing;
  useEffect(() => {
    document.title = `${t('sign_in.title')} · Regulars`;
    const follow = () => {
      const token = tokenOfLink();
      if (token) mutate(token);
    };
    follow();
    // The link may be pasted into a tab that shows this page already.
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [mutate, t]);
  const wrong = signing.error instanceof Failed && signing.error.status === 401;
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signing.mutate(key);
          }}
        >
          <Stack>
            <img src="/console/icon.svg" width={44} height={44} alt="" />
            <div>
              <Title order={1} size="h2">
                {t('sign_in.title')}
              </Title>
              <Text c="dimmed" size="sm" mt={4}>
                {t('sign_in.how')}
              </Text>
            </div>
            <PasswordInput
              label={t('sign_in.key')}
              placeholder="reg_…"
              autoComplete="off"
              required
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show') }}
            />
            {signing.error && (
              <Alert color="red" variant="light" role="alert">
                {wrong ? t('sign_in.wrong') : reason(signing.error)}
              </Alert>
            )}
            <Button type="submit" loading={signing.isPending} disabled={!key.trim()}>
              {t('sign_in.do')}
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
