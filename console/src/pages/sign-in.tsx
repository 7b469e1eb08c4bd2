// Signing in: as a person, with the shop's own sign-on, with a key typed once, or by a link: the one that the
// server printed when it started, or an invitation.
import { Alert, Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, Failed } from '../api/client';
import { useSession } from '../api/session';
import { useReason } from '../parts/state';

type Link = { kind: 'sign-in' | 'invitation' | 'sign-on'; value: string };

/** What stands behind the hash sign of a link. It is taken out of the address at once. */
function followed(): Link | null {
  const found = /^#(sign-in|invitation|sign-on)=([\w.-]+)$/.exec(window.location.hash);
  if (!found) return null;
  window.history.replaceState(null, '', window.location.pathname);
  return { kind: found[1] as Link['kind'], value: found[2] ?? '' };
}

const PASSWORD_LEAST = 12;
const REASONS = ['denied', 'not_invited', 'unverified', 'broken'];

export function SignInPage() {
  const { t } = useTranslation();
  const { signIn, signInPerson, takeUp } = useSession();
  const reason = useReason();
  const [withKey, setWithKey] = useState(false);
  const [key, setKey] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [invitation, setInvitation] = useState('');
  const [refused, setRefused] = useState('');
  const door = useQuery({ queryKey: ['front-door'], queryFn: () => data(api.GET('/v1/front-door')), retry: false });
  const byKey = useMutation({ mutationFn: signIn });
  const byPassword = useMutation({ mutationFn: () => (invitation ? takeUp(invitation, password) : signInPerson(email, password)) });
  const { mutate } = byKey;
  useEffect(() => {
    document.title = `${t('sign_in.title')} · Regulars`;
    const follow = () => {
      const link = followed();
      if (link?.kind === 'sign-in') mutate(link.value);
      if (link?.kind === 'invitation') setInvitation(link.value);
      if (link?.kind === 'sign-on') setRefused(REASONS.includes(link.value) ? link.value : 'broken');
    };
    follow();
    // The link may be pasted into a tab that shows this page already.
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [mutate, t]);
  const said = (error: Error, wrong: string) => (error instanceof Failed && error.status === 401 ? t(wrong) : reason(error));
  const shops = door.data?.shops ?? [];
  const only = shops.length === 1 ? shops[0] : undefined;
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420} style={only?.colour ? { borderTop: `4px solid ${only.colour}` } : undefined}>
        <Stack>
          <img src={only?.logo || '/console/icon.svg'} height={44} alt="" style={{ alignSelf: 'flex-start' }} />
          <div>
            <Title order={1} size="h2">
              {invitation ? t('sign_in.welcome') : t('sign_in.title')}
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              {invitation ? t('sign_in.welcome_words') : only?.title ? t('sign_in.to', { shop: only.title }) : t('sign_in.how')}
            </Text>
          </div>
          {refused && (
            <Alert color="red" variant="light" role="alert">
              {t(`sign_on.${refused}`)}
            </Alert>
          )}
          {byKey.error && !withKey && (
            <Alert color="red" variant="light" role="alert">
              {said(byKey.error, 'sign_in.wrong')}
            </Alert>
          )}
          {!invitation &&
            shops
              .filter((shop) => shop.sign_on)
              .map((shop) => (
                <Button key={shop.tenant} component="a" href={`/v1/sign-on/${shop.tenant}`} color="teal.9">
                  {t('sign_in.with', { name: shop.sign_on })}
                </Button>
              ))}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              byPassword.mutate();
            }}
          >
            <Stack>
              {!invitation && <TextInput label={t('sign_in.email')} type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />}
              <PasswordInput
                label={invitation ? t('sign_in.choose') : t('sign_in.password')}
                description={invitation ? t('sign_in.choose_how', { least: PASSWORD_LEAST }) : undefined}
                autoComplete={invitation ? 'new-password' : 'current-password'}
                required
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
                visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password') }}
              />
              {byPassword.error && (
                <Alert color="red" variant="light" role="alert">
                  {said(byPassword.error, invitation ? 'sign_in.over' : 'sign_in.nobody')}
                </Alert>
              )}
              <Button type="submit" variant={withKey ? 'default' : 'filled'} color="teal.9" loading={byPassword.isPending} disabled={invitation ? [...password].length < PASSWORD_LEAST : !email.trim() || !password}>
                {invitation ? t('sign_in.come_in') : t('sign_in.as_person')}
              </Button>
            </Stack>
          </form>
          {!invitation && (
            <>
              <Divider />
              {withKey ? (
                <form
                  onSubmit={(event) => {
                    event.preventDefault();
                    byKey.mutate(key);
                  }}
                >
                  <Stack>
                    <PasswordInput
                      label={t('sign_in.key')}
                      placeholder="reg_…"
                      autoComplete="off"
                      required
                      value={key}
                      onChange={(event) => setKey(event.currentTarget.value)}
                      visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show') }}
                    />
                    {byKey.error && (
                      <Alert color="red" variant="light" role="alert">
                        {said(byKey.error, 'sign_in.wrong')}
                      </Alert>
                    )}
                    <Button type="submit" color="teal.9" loading={byKey.isPending} disabled={!key.trim()}>
                      {t('sign_in.do')}
                    </Button>
                  </Stack>
                </form>
              ) : (
                <Button variant="subtle" color="gray" onClick={() => setWithKey(true)}>
                  {t('sign_in.use_key')}
                </Button>
              )}
            </>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}
