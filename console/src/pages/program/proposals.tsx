// Changes that wait for a second person: what they would do, what differs, yes or no.
import { Badge, Button, Group, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Version } from '../../api/client';
import type { components } from '../../api/schema';
import { useSession } from '../../api/session';
import { Ask } from '../../parts/ask';
import { Dialogue } from '../../parts/dialogue';
import { useFormat } from '../../parts/format';
import { SideBySide } from '../../parts/side-by-side';
import { Empty, Problem, Shown } from '../../parts/state';
import { useText } from './versions';

type Proposal = components['schemas']['ProposalOut'];

/** Whether a second person must approve what changes the program. */
export function useApproval() {
  return useQuery({ queryKey: ['program', 'approval'], queryFn: () => data(api.GET('/v1/programs/approval')), staleTime: 60_000 });
}

/** Keys are named with their id, which says nothing to people. */
const who = (by: string) => by.replaceAll(/ \(key_[^)]*\)/g, '');

export function Proposals({ current }: { current: Version | undefined }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const approval = useApproval();
  const proposals = useQuery({ queryKey: ['program', 'proposals'], queryFn: () => data(api.GET('/v1/programs/proposals', { params: { query: { limit: 1000 } } })) });
  const setting = useMutation({
    mutationFn: (needed: boolean) => data(api.PUT('/v1/programs/approval', { body: { needed } })),
    onSuccess: (now) => queries.setQueryData(['program', 'approval'], now),
  });
  return (
    <Stack>
      <Paper withBorder p="md">
        <Switch
          label={t('proposals.needed')}
          description={t('proposals.needed_how')}
          checked={approval.data?.needed ?? false}
          disabled={!approval.data || !may('admin') || setting.isPending}
          onChange={(event) => setting.mutate(event.currentTarget.checked)}
        />
        {setting.error && <Problem error={setting.error} />}
      </Paper>
      <Shown of={proposals}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('proposals.none')}>{t('proposals.none_hint')}</Empty>
          ) : (
            <Stack gap="sm">
              {[...items].reverse().map((proposal) => (
                <One key={proposal.id} proposal={proposal} current={current} />
              ))}
            </Stack>
          )
        }
      </Shown>
    </Stack>
  );
}

function One({ proposal, current }: { proposal: Proposal; current: Version | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useSession();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<'approve' | 'reject' | null>(null);
  const [seen, setSeen] = useState(false);
  const { effect } = proposal;
  const waits = proposal.state === 'proposed';
  const decide = async (reason: string) => {
    const path = { params: { path: { proposal: proposal.id } } };
    if (asked === 'approve') await data(api.POST('/v1/programs/proposals/{proposal}/approve', path));
    else await data(api.POST('/v1/programs/proposals/{proposal}/reject', { ...path, body: { reason } }));
    await queries.invalidateQueries({ queryKey: ['program'], predicate: (query) => query.queryKey[1] === 'versions' || query.queryKey[1] === 'proposals' });
  };
  return (
    <Paper withBorder p="md" component="article" aria-label={proposal.note || proposal.id}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="xs">
            <Title order={2} size="h5">
              {proposal.note || t('proposals.no_note')}
            </Title>
            <Badge variant={waits ? 'filled' : 'default'} color="teal.9" tt="none">
              {t(`proposals.${proposal.state}`, { version: proposal.version ?? '' })}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {t('proposals.by', { by: who(proposal.by), at: format.moment(proposal.at) })}
            {proposal.decided_by && ` · ${t('proposals.decided', { by: who(proposal.decided_by), at: proposal.decided_at ? format.moment(proposal.decided_at) : '' })}`}
            {proposal.reason && ` · “${proposal.reason}”`}
          </Text>
        </div>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => setSeen(true)}>
            {t('versions.see')}
          </Button>
          {waits && may('program') && (
            <>
              <Button size="xs" disabled={proposal.own} title={proposal.own ? t('proposals.own') : undefined} onClick={() => setAsked('approve')}>
                {t('reviews.approve')}
              </Button>
              <Button size="xs" variant="default" onClick={() => setAsked('reject')}>
                {proposal.own ? t('proposals.take_back') : t('reviews.reject')}
              </Button>
            </>
          )}
        </Group>
      </Group>
      <ul>
        {effect.differences.map((difference) => (
          <Text component="li" size="sm" key={difference}>
            {difference}
          </Text>
        ))}
      </ul>
      <Text size="sm">
        {t('plan.effect_words', { purchases: format.number(effect.purchases), changed: format.number(effect.changed), better: format.number(effect.members_better), worse: format.number(effect.members_worse) })}
      </Text>
      {waits && proposal.own && (
        <Text size="sm" c="dimmed">
          {t('proposals.own')}
        </Text>
      )}
      {seen && <Changed proposal={proposal} current={current} close={() => setSeen(false)} />}
      <Ask
        opened={asked !== null}
        close={() => setAsked(null)}
        title={asked === 'approve' ? t('proposals.approve_title') : t('proposals.reject_title')}
        confirm={asked === 'approve' ? t('reviews.approve') : t('reviews.reject')}
        danger={asked === 'reject'}
        needsReason={asked === 'reject'}
        said={asked === 'approve' ? t('reviews.approved_said') : t('reviews.rejected_said')}
        act={decide}
      >
        {asked === 'approve' ? t('proposals.approve_words') : t('proposals.reject_words')}
      </Ask>
    </Paper>
  );
}

function Changed({ proposal, current, close }: { proposal: Proposal; current: Version | undefined; close: () => void }) {
  const { t } = useTranslation();
  const against = proposal.effect.against ?? current?.version;
  const old = useText(against ?? undefined);
  return (
    <Dialogue opened onClose={close} size="90%" title={t('versions.difference', { before: against ?? '–', version: t('proposals.this') })}>
      {against === undefined || against === null ? (
        <pre className="diff" tabIndex={0} aria-label={t('versions.text')}>
          {proposal.text}
        </pre>
      ) : (
        <Shown of={old}>{(text) => <SideBySide before={text} after={proposal.text} names={[String(against), t('proposals.this')]} />}</Shown>
      )}
    </Dialogue>
  );
}
