// Signing in: as a person, with the shop's own sign-on, with a key typed once, or by a link: the one that the
// server printed when it started, or an invitation.
import { Alert, Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, Failed, type Step } from '../api/client';
import { useSession } from '../api/session';
import { hasPasskeys, NoPasskey } from '../parts/passkey';
import { RecoveryCodes, SetUpCodes, SetUpPasskey } from '../parts/second-factor';
import { useArrival, useReason } from '../parts/state';

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
  const { signIn, signInPerson, takeUp, signInByPasskey } = useSession();
  const reason = useReason();
  useArrival();
  const [withKey, setWithKey] = useState(false);
  const [key, setKey] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [invitation, setInvitation] = useState('');
  const [refused, setRefused] = useState('');
  const door = useQuery({ queryKey: ['front-door'], queryFn: () => data(api.GET('/v1/front-door')), retry: false });
  const byKey = useMutation({ mutationFn: signIn });
  const [step, setStep] = useState<Step | null>(null);
  const byPassword = useMutation({
    mutationFn: () => (invitation ? takeUp(invitation, password) : signInPerson(email, password)),
    onSuccess: (next) => {
      setPassword('');
      setStep(next);
    },
  });
  const byPasskey = useMutation({ mutationFn: signInByPasskey });
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
  if (step) return <StepPage step={step} leave={() => setStep(null)} />;
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
              {hasPasskeys() && (
                <Button variant="default" loading={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
                  {t('sign_in.by_passkey')}
                </Button>
              )}
              {byPasskey.error && (
                <Alert color="red" variant="light" role="alert">
                  {byPasskey.error instanceof NoPasskey ? t('factor.no_passkey') : said(byPasskey.error, 'sign_in.no_such_passkey')}
                </Alert>
              )}
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

/** What is asked of somebody whose password was right: the second factor, or to set one up. */
function StepPage({ step, leave }: { step: Step; leave: () => void }) {
  const { t } = useTranslation();
  const { comeIn } = useSession();
  const [codes, setCodes] = useState<string[]>([]);
  const [way, setWay] = useState<'codes' | 'passkey' | null>(null);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w="100%" maw={420}>
        <Stack>
          <div>
            <Title order={1} size="h2">
              {t(`step.${step.step}`)}
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              {t(`step.${step.step}_words`, { name: step.name })}
            </Text>
          </div>
          {codes.length > 0 ? (
            <RecoveryCodes codes={codes} done={() => void comeIn()} />
          ) : step.step === 'show' ? (
            <ShowStep step={step} />
          ) : way === 'codes' ? (
            <SetUpCodes done={(made) => setCodes(made.recovery_codes)} />
          ) : way === 'passkey' ? (
            <SetUpPasskey done={(made) => setCodes(made.recovery_codes)} />
          ) : (
            <>
              <Button color="teal.9" onClick={() => setWay('codes')}>
                {t('factor.set_up_codes')}
              </Button>
              {hasPasskeys() && (
                <Button variant="default" onClick={() => setWay('passkey')}>
                  {t('factor.add_passkey')}
                </Button>
              )}
            </>
          )}
          {codes.length === 0 && (
            <Button variant="subtle" color="gray" onClick={leave}>
              {t('step.leave')}
            </Button>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}

function ShowStep({ step }: { step: Step }) {
  const { t } = useTranslation();
  const { showCode, signInByPasskey } = useSession();
  const reason = useReason();
  const [code, setCode] = useState('');
  const byCode = useMutation({ mutationFn: () => showCode(code) });
  const byPasskey = useMutation({ mutationFn: signInByPasskey });
  return (
    <>
      {step.passkey && hasPasskeys() && (
        <Button color="teal.9" loading={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
          {t('sign_in.by_passkey')}
        </Button>
      )}
      {byPasskey.error && (
        <Alert color="red" variant="light" role="alert">
          {byPasskey.error instanceof NoPasskey ? t('factor.no_passkey') : reason(byPasskey.error)}
        </Alert>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          byCode.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={step.totp ? t('factor.code') : t('factor.recovery_code')}
            description={step.totp ? t('factor.code_how') : undefined}
            autoComplete="one-time-code"
            data-autofocus
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          {byCode.error && (
            <Alert color="red" variant="light" role="alert">
              {byCode.error instanceof Failed && byCode.error.status === 401 ? t('step.wrong') : reason(byCode.error)}
            </Alert>
          )}
          <Button type="submit" variant={step.passkey ? 'default' : 'filled'} color="teal.9" loading={byCode.isPending} disabled={!code.trim()}>
            {t('step.do')}
          </Button>
        </Stack>
      </form>
    </>
  );
}
