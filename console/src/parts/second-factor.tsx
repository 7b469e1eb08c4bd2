// Setting a second factor up: codes of a telephone, or a passkey; and the recovery codes, which are shown once.
import { Alert, Button, Code, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type FactorSet } from '../api/client';
import { hasPasskeys, makePasskey, NoPasskey } from './passkey';
import { Problem, Shown } from './state';

export function WrongFactor({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof NoPasskey)) return <Problem error={error} />;
  return (
    <Alert color="yellow" variant="light" role="alert">
      {t('factor.no_passkey')}
    </Alert>
  );
}

/** Codes of a telephone: a picture to be taken, and the first code of it. */
export function SetUpCodes({ done }: { done: (set: FactorSet) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const begun = useQuery({ queryKey: ['totp'], queryFn: () => data(api.POST('/v1/oneself/totp')), staleTime: Infinity, gcTime: 0, retry: false });
  const confirming = useMutation({ mutationFn: () => data(api.POST('/v1/oneself/totp/confirm', { body: { code } })), onSuccess: done });
  return (
    <Shown of={begun}>
      {({ secret, picture }) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            confirming.mutate();
          }}
        >
          <Stack>
            <Text size="sm">{t('factor.take')}</Text>
            <img src={`data:image/svg+xml,${encodeURIComponent(picture)}`} alt={t('factor.picture')} width={220} height={220} style={{ alignSelf: 'center' }} />
            <Text size="sm">
              {t('factor.type')} <Code className="once">{secret.replace(/(.{4})(?=.)/g, '$1 ')}</Code>
            </Text>
            <TextInput label={t('factor.first_code')} inputMode="numeric" autoComplete="one-time-code" required value={code} onChange={(event) => setCode(event.currentTarget.value)} />
            {confirming.error && <Problem error={confirming.error} />}
            <Button type="submit" color="teal.9" loading={confirming.isPending} disabled={!code.trim()}>
              {t('factor.turn_on')}
            </Button>
          </Stack>
        </form>
      )}
    </Shown>
  );
}

/** A passkey: what it is called, and then the browser asks. */
export function SetUpPasskey({ done }: { done: (set: FactorSet) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const making = useMutation({ mutationFn: () => makePasskey(name.trim()), onSuccess: done });
  if (!hasPasskeys()) return <Text size="sm">{t('factor.no_passkeys_here')}</Text>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Stack>
        <TextInput label={t('factor.passkey_name')} description={t('factor.passkey_name_how')} maxLength={60} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        {making.error && <WrongFactor error={making.error} />}
        <Button type="submit" color="teal.9" loading={making.isPending} disabled={!name.trim()}>
          {t('factor.make_passkey')}
        </Button>
      </Stack>
    </form>
  );
}

/** Recovery codes, the one time that they are there. */
export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation();
  const all = codes.join('\n');
  return (
    <Stack role="status">
      <Text fw={650}>{t('factor.recovery_title')}</Text>
      <Text size="sm">{t('factor.recovery_words')}</Text>
      <Code block className="once">
        {all}
      </Code>
      <Group gap="xs">
        <CopyButton value={all}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? t('settings.copied') : t('settings.copy')}
            </Button>
          )}
        </CopyButton>
        <Button size="xs" color="teal.9" onClick={done}>
          {t('factor.kept')}
        </Button>
      </Group>
    </Stack>
  );
}
