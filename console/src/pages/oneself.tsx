// How one comes in oneself: codes of a telephone, passkeys, recovery codes, and where one is signed in.
import { Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type FactorSet, type Factors, type OwnSession, type Passkey } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { Dialogue } from '../parts/dialogue';
import { useFormat } from '../parts/format';
import { Listing, Named } from '../parts/listing';
import { RecoveryCodes, SetUpCodes, SetUpPasskey } from '../parts/second-factor';
import { PageHead, Shown } from '../parts/state';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/oneself')({ component: OneselfPage });

function OneselfPage() {
  const { t } = useTranslation();
  const { session } = useSession();
  return (
    <>
      <PageHead title={t('oneself.title')} sub={t('oneself.sub')} />
      <Stack>
        {session?.key.startsWith('per_') ? <FactorsPart /> : <Text size="sm">{t('oneself.by_key')}</Text>}
        <SessionsPart />
      </Stack>
    </>
  );
}

function Part({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {words}
      </Text>
      {children}
    </Paper>
  );
}

function FactorsPart() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const asked = useQuery({ queryKey: ['factors'], queryFn: () => data(api.GET('/v1/oneself/factors')) });
  const [codes, setCodes] = useState<string[]>([]);
  const set = (made: FactorSet) => {
    queries.setQueryData(['factors'], made.factors);
    setCodes(made.recovery_codes);
    tell(t('settings.saved'));
  };
  return (
    <>
      {codes.length > 0 && (
        <Paper withBorder p="lg">
          <RecoveryCodes codes={codes} done={() => setCodes([])} />
        </Paper>
      )}
      <Shown of={asked}>
        {(factors) => (
          <>
            <CodesPart factors={factors} set={set} />
            <PasskeysPart factors={factors} set={set} />
          </>
        )}
      </Shown>
    </>
  );
}

function CodesPart({ factors, set }: { factors: Factors; set: (made: FactorSet) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [beginning, setBeginning] = useState(false);
  const [ending, setEnding] = useState(false);
  const [renewing, setRenewing] = useState(false);
  const [code, setCode] = useState('');
  const any = !!factors.totp_since || factors.passkeys.length > 0;
  return (
    <Part title={t('factor.codes')} words={t('factor.codes_words')}>
      <Group justify="space-between">
        <div>
          <Badge color={factors.totp_since ? 'teal.9' : 'gray.7'} variant="filled" tt="none">
            {factors.totp_since ? t('factor.on_since', { at: format.day(factors.totp_since) }) : t('factor.off')}
          </Badge>
          {any && (
            <Text size="sm" mt={6}>
              {t('factor.left', { count: factors.recovery_left })}
            </Text>
          )}
          {factors.required && !any && (
            <Text size="sm" mt={6}>
              {t('factor.required')}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {any && (
            <Button variant="default" onClick={() => setRenewing(true)}>
              {t('factor.renew')}
            </Button>
          )}
          {factors.totp_since ? (
            <Button variant="default" onClick={() => setEnding(true)}>
              {t('factor.turn_off')}
            </Button>
          ) : (
            <Button color="teal.9" onClick={() => setBeginning(true)}>
              {t('factor.set_up_codes')}
            </Button>
          )}
        </Group>
      </Group>
      {beginning && (
        <Dialogue opened onClose={() => setBeginning(false)} title={t('factor.set_up_codes')}>
          <SetUpCodes
            done={(made) => {
              setBeginning(false);
              set(made);
            }}
          />
        </Dialogue>
      )}
      <Ask
        opened={ending}
        close={() => setEnding(false)}
        title={t('factor.turn_off')}
        confirm={t('factor.turn_off_do')}
        danger
        ready={!!code.trim()}
        said={t('settings.saved')}
        act={async () => {
          queries.setQueryData(['factors'], await data(api.POST('/v1/oneself/totp/end', { body: { code } })));
          setCode('');
        }}
      >
        <TextInput label={t('factor.code')} description={t('factor.code_how')} autoComplete="one-time-code" required value={code} onChange={(event) => setCode(event.currentTarget.value)} />
      </Ask>
      <Ask
        opened={renewing}
        close={() => setRenewing(false)}
        title={t('factor.renew')}
        confirm={t('factor.renew_do')}
        said={t('settings.saved')}
        act={async () => set(await data(api.POST('/v1/oneself/recovery-codes')))}
      >
        {t('factor.renew_words')}
      </Ask>
    </Part>
  );
}

function PasskeysPart({ factors, set }: { factors: Factors; set: (made: FactorSet) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  return (
    <Part title={t('factor.passkeys')} words={t('factor.passkeys_words')}>
      {factors.passkeys.length > 0 && (
        <Listing
          label={t('factor.passkeys')}
          rows={factors.passkeys}
          keyOf={(own) => own.id}
          width={520}
          columns={[
            { head: t('factor.passkey_name'), cell: (own) => <Named name={own.name} below={own.id} /> },
            { head: t('factor.since'), cell: (own) => format.day(own.created_at) },
            { head: t('factor.used'), cell: (own) => (own.used_at ? format.moment(own.used_at) : '–') },
            {
              head: t('people.do'),
              cell: (own) => (
                <Button size="xs" variant="default" aria-label={t('factor.remove_this', { name: own.name })} onClick={() => setRemoving(own)}>
                  {t('factor.remove')}
                </Button>
              ),
            },
          ]}
        />
      )}
      <Group justify="flex-end" mt="md">
        <Button color="teal.9" onClick={() => setAdding(true)}>
          {t('factor.add_passkey')}
        </Button>
      </Group>
      {adding && (
        <Dialogue opened onClose={() => setAdding(false)} title={t('factor.add_passkey')}>
          <SetUpPasskey
            done={(made) => {
              setAdding(false);
              set(made);
            }}
          />
        </Dialogue>
      )}
      <Ask
        opened={removing !== null}
        close={() => setRemoving(null)}
        title={t('factor.remove_this', { name: removing?.name ?? '' })}
        confirm={t('factor.remove')}
        danger
        said={t('settings.saved')}
        act={async () => {
          const left = await data(api.DELETE('/v1/oneself/passkeys/{passkey}', { params: { path: { passkey: removing?.id ?? '' } } }));
          queries.setQueryData(['factors'], left);
        }}
      >
        {t('factor.remove_words')}
      </Ask>
    </Part>
  );
}

function SessionsPart() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const asked = useQuery({ queryKey: ['own-sessions'], queryFn: () => data(api.GET('/v1/oneself/sessions')) });
  const [ending, setEnding] = useState<OwnSession | 'others' | null>(null);
  const one = ending === 'others' ? null : ending;
  return (
    <Part title={t('sessions.title')} words={t('sessions.words')}>
      <Shown of={asked}>
        {({ items }) => (
          <>
            <Listing
              label={t('sessions.title')}
              rows={items}
              keyOf={(own) => own.id}
              width={620}
              columns={[
                { head: t('sessions.agent'), cell: (own) => <Named name={own.agent || t('sessions.unknown')} below={own.address || own.id} /> },
                { head: t('sessions.since'), cell: (own) => format.moment(own.created_at) },
                { head: t('sessions.used'), cell: (own) => format.moment(own.used_at) },
                {
                  head: t('people.do'),
                  cell: (own) =>
                    own.current ? (
                      <Badge color="teal.9" variant="filled" tt="none" miw="max-content">
                        {t('sessions.this')}
                      </Badge>
                    ) : (
                      <Button size="xs" variant="default" aria-label={t('sessions.end_this', { at: format.moment(own.created_at) })} onClick={() => setEnding(own)}>
                        {t('sessions.end')}
                      </Button>
                    ),
                },
              ]}
            />
            {items.length > 1 && (
              <Group justify="flex-end" mt="md">
                <Button variant="default" onClick={() => setEnding('others')}>
                  {t('sessions.end_others')}
                </Button>
              </Group>
            )}
          </>
        )}
      </Shown>
      <Ask
        opened={ending !== null}
        close={() => setEnding(null)}
        title={one ? t('sessions.end_this', { at: format.moment(one.created_at) }) : t('sessions.end_others')}
        confirm={t('sessions.end')}
        danger
        said={t('sessions.ended')}
        act={async () => {
          await data(one ? api.DELETE('/v1/oneself/sessions/{session}', { params: { path: { session: one.id } } }) : api.DELETE('/v1/oneself/sessions'));
          await queries.invalidateQueries({ queryKey: ['own-sessions'] });
        }}
      >
        {t('sessions.end_words')}
      </Ask>
    </Part>
  );
}
