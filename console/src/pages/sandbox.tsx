// The sandbox: made, gone into, promoted, given up.
import { Button, Group, NumberInput, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { PageHead, Problem, Shown } from '../parts/state';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/sandbox')({ component: SandboxPage });

function SandboxPage() {
  const { t } = useTranslation();
  const { session } = useSession();
  return (
    <>
      <PageHead title={t('sandbox.title')} sub={t('sandbox.sub')} />
      {session?.workspace === 'sandbox' ? <Within /> : <Outside />}
    </>
  );
}

function Within() {
  const { t } = useTranslation();
  const { go } = useSession();
  const leaving = useMutation({ mutationFn: () => go('live') });
  return (
    <Paper withBorder p="lg">
      <Text mb="sm">{t('sandbox.within')}</Text>
      <Group>
        <PageLink to="/program">{t('nav.program')}</PageLink>
        <Button loading={leaving.isPending} onClick={() => leaving.mutate()}>
          {t('sandbox.leave')}
        </Button>
      </Group>
      {leaving.error && <Problem error={leaving.error} />}
    </Paper>
  );
}

function Outside() {
  const { t } = useTranslation();
  const format = useFormat();
  const { may, go } = useSession();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ['sandbox'], queryFn: () => data(api.GET('/v1/sandbox')) });
  const [members, setMembers] = useState<number | string>(100);
  const [asked, setAsked] = useState<'promote' | 'discard' | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ['sandbox'] });
  const making = useMutation({
    mutationFn: () => data(api.POST('/v1/sandbox', { body: { members: Number(members) || 0 } })),
    onSuccess: async () => {
      tell(t('sandbox.made_said'));
      await again();
    },
  });
  const entering = useMutation({ mutationFn: () => go('sandbox') });
  return (
    <Shown of={found}>
      {({ sandbox }) =>
        sandbox ? (
          <Paper withBorder p="lg" component="section" aria-labelledby="sandbox">
            <Title order={2} size="h4" id="sandbox" mb="xs">
              {t('sandbox.there')}
            </Title>
            <Text size="sm" mb="md">
              {t('sandbox.about', { at: format.moment(sandbox.made_at), version: sandbox.from_version, members: format.number(sandbox.members), events: format.number(sandbox.events) })}
            </Text>
            <Group>
              <Button loading={entering.isPending} onClick={() => entering.mutate()}>
                {t('sandbox.enter')}
              </Button>
              {may('program') && (
                <>
                  <Button variant="default" onClick={() => setAsked('promote')}>
                    {t('sandbox.promote')}
                  </Button>
                  <Button variant="light" color="red.9" onClick={() => setAsked('discard')}>
                    {t('sandbox.discard')}
                  </Button>
                </>
              )}
            </Group>
            {entering.error && <Problem error={entering.error} />}
            <Ask
              opened={asked !== null}
              close={() => setAsked(null)}
              title={asked === 'promote' ? t('sandbox.promote_title') : t('sandbox.discard_title')}
              confirm={asked === 'promote' ? t('sandbox.promote') : t('sandbox.discard')}
              danger={asked === 'discard'}
              needsReason={asked === 'promote'}
              said={asked === 'promote' ? t('sandbox.promoted_said') : t('sandbox.discarded_said')}
              act={async (note) => {
                if (asked === 'promote') await data(api.POST('/v1/sandbox/promote', { params: { query: { note } } }));
                else await data(api.DELETE('/v1/sandbox'));
                await again();
                await queries.invalidateQueries({ queryKey: ['program'] });
              }}
            >
              {asked === 'promote' ? t('sandbox.promote_words') : t('sandbox.discard_words')}
            </Ask>
          </Paper>
        ) : (
          <Paper withBorder p="lg">
            <Stack maw={560}>
              <Text size="sm">{t('sandbox.none')}</Text>
              {may('program') && (
                <form
                  onSubmit={(event) => {
                    event.preventDefault();
                    making.mutate();
                  }}
                >
                  <Group align="flex-end">
                    <NumberInput label={t('sandbox.members')} description={t('sandbox.members_how')} min={0} max={500} allowDecimal={false} value={members} onChange={setMembers} hideControls w={300} />
                    <Button type="submit" loading={making.isPending}>
                      {t('sandbox.make')}
                    </Button>
                  </Group>
                </form>
              )}
              {making.error && <Problem error={making.error} />}
            </Stack>
          </Paper>
        )
      }
    </Shown>
  );
}
