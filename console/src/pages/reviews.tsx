// What waits for a person: claims of missing points, activities that are looked at first, referrals
// that look suspicious, those who take advantage of the program, and awards that need a second person.
import { Badge, Button, Card, Group, Select, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Award, type Claim, data, type HeldAdjustment, type Review, type Submission, toTheEnd } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { Duplicates } from '../parts/duplicates';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Export, Listing, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { LIMIT, useQueues } from '../parts/queues';
import { Empty, PageHead, Shown } from '../parts/state';
import { Suspicions } from '../parts/suspicions';
import { FromFile } from '../parts/from-file';

const QUEUES = ['claims', 'submissions', 'referrals', 'suspicions', 'awards', 'adjustments'] as const;

export function ReviewsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const { of, state, sign, suspect } = useSearch({ from: '/shell/reviews' });
  const navigate = useNavigate();
  const [proposing, setProposing] = useState(false);
  const queues = useQueues();
  const count = (name: (typeof QUEUES)[number]) => queues[name].data?.items.length;
  return (
    <>
      <PageHead title={t('reviews.title')} sub={t('reviews.sub')}>
        {may('adjust') && (
          <Button variant="default" onClick={() => setProposing(true)}>
            {t('awards.propose')}
          </Button>
        )}
      </PageHead>
      {proposing && <Propose close={() => setProposing(false)} />}
      <Tabs value={of ?? 'claims'} onChange={(next) => void navigate({ to: '/reviews', search: next ? { of: next } : {} })}>
        <Tabs.List mb="lg" aria-label={t('reviews.title')}>
          {QUEUES.map((name) => (
            <Tabs.Tab
              key={name}
              value={name}
              rightSection={
                count(name) ? (
                  <Badge size="sm" variant="filled" color="teal.9">
                    {count(name)}
                  </Badge>
                ) : undefined
              }
            >
              {t(`reviews.${name}`)}
            </Tabs.Tab>
          ))}
          <Tabs.Tab value="duplicates">{t('reviews.duplicates')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="claims">
          <States all={['open', 'approved', 'rejected']} of="claims" state={state} />
          {state ? <OldClaims state={state} /> : <Queue of={queues.claims} none={t('reviews.no_claims')}>
            {(claim) => <ClaimCard key={claim.id} claim={claim} />}
          </Queue>}
        </Tabs.Panel>
        <Tabs.Panel value="submissions">
          <Queue of={queues.submissions} none={t('reviews.no_submissions')}>
            {(own) => <SubmissionCard key={own.source + own.id} submission={own} />}
          </Queue>
        </Tabs.Panel>
        <Tabs.Panel value="referrals">
          <Queue of={queues.referrals} none={t('reviews.no_referrals')}>
            {(own) => <ReferralCard key={own.friend} review={own} />}
          </Queue>
        </Tabs.Panel>
        <Tabs.Panel value="suspicions">
          <Suspicions state={state ?? 'open'} sign={sign} suspect={suspect} />
        </Tabs.Panel>
        <Tabs.Panel value="awards">
          <States all={['proposed', 'approved', 'rejected', 'undone']} of="awards" state={state} />
          {state ? <OldAwards state={state} /> : <Queue of={queues.awards} none={t('reviews.no_awards')}>
            {(award) => <AwardCard key={award.id} award={award} />}
          </Queue>}
        </Tabs.Panel>
        <Tabs.Panel value="duplicates">
          <States all={['found', 'not_same']} of="duplicates" state={state} />
          <Duplicates state={state ?? 'found'} />
        </Tabs.Panel>
        <Tabs.Panel value="adjustments">
          <Queue of={queues.adjustments} none={t('reviews.no_adjustments')}>
            {(held) => <AdjustmentCard key={held.id} held={held} />}
          </Queue>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Queue<T>({
  of,
  none,
  children,
}: {
  of: ReturnType<typeof useQuery<{ items: T[] }, Error>>;
  none: string;
  children: (item: T) => ReactNode;
}) {
  return <Shown of={of}>{({ items }) => (items.length === 0 ? <Empty title={none} /> : <>{items.map(children)}</>)}</Shown>;
}

/** Which of them are shown: those that wait, or those that were decided. */
function States({ all, of, state }: { all: string[]; of: string; state: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Select
      label={t('list.state')}
      mb="md"
      maw={240}
      data={all.map((value) => ({ value, label: t(`case.${value}`) }))}
      value={state ?? all[0] ?? null}
      allowDeselect={false}
      onChange={(next) => void navigate({ to: '/reviews', search: next && next !== all[0] ? { of, state: next } : { of } })}
    />
  );
}

function OldClaims({ state }: { state: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const page = (after: string | undefined) => data(api.GET('/v1/claims', { params: { query: { state, limit: LIMIT, ...(after ? { after } : {}) } } }));
  const claims = useInfiniteQuery({
    queryKey: ['queue', 'claims', state],
    queryFn: ({ pageParam }) => page(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <>
      <Group mb="md">
        <Export name={`claims-${state}`} rows={() => toTheEnd(page)} />
      </Group>
      <Paged of={claims} none={t('list.none_fit')}>
        {(rows) => (
          <Listing
            label={t('reviews.claims')}
            rows={rows}
            keyOf={(row) => row.id}
            columns={[
              { head: t('coupons.order'), cell: (row) => row.order },
              { head: t('list.member'), cell: (row) => <MemberLink id={row.member} /> },
              { head: t('partners.amount'), right: true, cell: (row) => format.money(row.total, row.currency) },
              { head: t('list.state'), cell: (row) => t('awards.decided', { by: row.decided_by ?? '–', at: row.decided_at ? format.moment(row.decided_at) : '–' }) },
              { head: t('ask.reason'), cell: (row) => row.reason ?? '–' },
            ]}
          />
        )}
      </Paged>
    </>
  );
}

function OldAwards({ state }: { state: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const [undoing, setUndoing] = useState<Award | null>(null);
  const awards = useInfiniteQuery({
    queryKey: ['queue', 'awards', state],
    queryFn: ({ pageParam }) => data(api.GET('/v1/awards', { params: { query: { state, limit: LIMIT, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <>
      <Paged of={awards} none={t('list.none_fit')}>
        {(rows) => (
          <Listing
            label={t('reviews.awards')}
            rows={rows}
            keyOf={(row) => row.id}
            columns={[
              { head: t('awards.note'), cell: (row) => row.note || row.id },
              { head: t('nav.members'), right: true, cell: (row) => format.number(row.members) },
              { head: t('partners.points'), right: true, cell: (row) => row.totals.map((total) => `${format.number(total.amount)} ${total.points}`).join(', ') },
              { head: t('list.state'), cell: (row) => t('awards.decided', { by: row.undone_by ?? row.decided_by ?? '–', at: row.decided_at ? format.moment(row.decided_at) : '–' }) },
              {
                head: t('list.do'),
                cell: (row) =>
                  may('adjust') &&
                  row.state === 'approved' && (
                    <Button size="xs" variant="default" onClick={() => setUndoing(row)}>
                      {t('awards.undo')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Paged>
      <Ask
        opened={undoing !== null}
        close={() => setUndoing(null)}
        title={undoing?.note || t('awards.undo')}
        confirm={t('awards.undo')}
        danger
        said={t('awards.undone')}
        act={async () => {
          await data(api.POST('/v1/awards/{award}/undo', { params: { path: { award: undoing?.id ?? '' } } }));
          await queries.invalidateQueries({ queryKey: ['queue'] });
          await queries.invalidateQueries({ queryKey: ['member'] });
        }}
      >
        {t('awards.undo_words')}
      </Ask>
    </>
  );
}

/** Points for many members: proposed here, approved by somebody else. */
function Propose({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [note, setNote] = useState('');
  const [text, setText] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('awards.propose')}
      confirm={t('awards.propose')}
      ready={text.trim() !== ''}
      said={t('awards.said')}
      act={async () => {
        await data(
          api.POST('/v1/awards', {
            params: { query: note.trim() ? { note: note.trim() } : {} },
            headers: { 'Content-Type': 'text/csv' },
            bodySerializer: (body: unknown) => body as string,
            body: text,
          }),
        );
        await queries.invalidateQueries({ queryKey: ['queue'] });
        await navigate({ to: '/reviews', search: { of: 'awards' } });
      }}
    >
      <Stack>
        <Text size="sm">{t('awards.words')}</Text>
        <TextInput label={t('awards.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <Textarea
          label={t('awards.file')}
          placeholder={'member,points,reason'}
          required
          autosize
          minRows={4}
          maxRows={10}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <FromFile accept=".csv,text/csv" change={setText} />
        </Group>
      </Stack>
    </Ask>
  );
}

/** Something that waits, with yes and no. */
function Waits({
  head,
  member,
  lines,
  act,
  optional,
}: {
  head: string;
  member?: string;
  lines: ReactNode[];
  act: (approve: boolean, reason: string) => Promise<unknown>;
  optional?: boolean;
}) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const [answer, setAnswer] = useState<'approve' | 'reject' | null>(null);
  return (
    <Card withBorder mb="md" component="article" aria-label={head}>
      <Group justify="space-between" align="flex-start">
        <div>
          <Text fw={650}>{head}</Text>
          {member && (
            <Text size="sm">
              <PageLink to="/members/$member" params={{ member }}>
                {t('reviews.see_member')}
              </PageLink>
            </Text>
          )}
          {lines.map((line, at) => (
            <Text key={at} size="sm" c="dimmed">
              {line}
            </Text>
          ))}
        </div>
        {may('adjust') && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setAnswer('reject')}>
              {t('reviews.reject')}
            </Button>
            <Button color="teal.9" onClick={() => setAnswer('approve')}>
              {t('reviews.approve')}
            </Button>
          </Group>
        )}
      </Group>
      <Ask
        opened={answer !== null}
        close={() => setAnswer(null)}
        title={head}
        confirm={answer === 'approve' ? t('reviews.approve') : t('reviews.reject')}
        danger={answer === 'reject'}
        needsReason={!optional}
        said={answer === 'approve' ? t('reviews.approved_said') : t('reviews.rejected_said')}
        act={async (reason) => {
          await act(answer === 'approve', reason);
          await queries.invalidateQueries({ queryKey: ['queue'] });
          if (member) await queries.invalidateQueries({ queryKey: ['member', member] });
        }}
      >
        {answer === 'approve' ? t('reviews.approve_words') : t('reviews.reject_words')}
      </Ask>
    </Card>
  );
}

function ClaimCard({ claim }: { claim: Claim }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Waits
      head={t('reviews.claim_head', { order: claim.order, total: format.money(claim.total, claim.currency) })}
      member={claim.member}
      lines={[
        t('reviews.claim_line', { day: format.day(claim.on), source: claim.source, by: claim.filed_by, filed: format.moment(claim.filed_at) }),
        t(`match.${claim.matches}`),
        claim.text ?? '',
      ].filter(Boolean)}
      act={(approve, reason) => {
        const params = { path: { claim: claim.id } };
        const body = { reason };
        return approve
          ? data(api.POST('/v1/claims/{claim}/approve', { params, body }))
          : data(api.POST('/v1/claims/{claim}/reject', { params, body }));
      }}
    />
  );
}

function SubmissionCard({ submission }: { submission: Submission }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { session } = useSession();
  const fields = Object.entries(submission.fields).map(([name, value]) => `${name}: ${String(value)}`);
  return (
    <Waits
      head={submission.name}
      member={submission.member}
      lines={[format.moment(submission.at), t('reviews.lapses', { day: format.day(submission.lapses_at) }), ...fields]}
      act={(approved, reason) =>
        data(
          api.POST('/v1/events', {
            body: {
              type: 'moderation',
              source: 'console',
              id: `moderation-${submission.id}-${crypto.randomUUID()}`,
              member: submission.member,
              submission: submission.id,
              approved,
              reason,
              by: session?.name ?? '',
            } as never,
          }),
        )
      }
    />
  );
}

function ReferralCard({ review }: { review: Review }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { session } = useSession();
  return (
    <Waits
      head={t('reviews.referral_head', { reason: review.reason })}
      member={review.friend}
      lines={[t('reviews.referral_line', { at: format.moment(review.at), count: review.purchases })]}
      act={(approve, reason) =>
        data(
          api.POST('/v1/members/{member}/referral-review', {
            params: { path: { member: review.friend } },
            body: { approve, reason, by: session?.name ?? '' },
          }),
        )
      }
    />
  );
}

function AwardCard({ award }: { award: Award }) {
  const { t } = useTranslation();
  const format = useFormat();
  const totals = award.totals.map((total) => `${format.number(total.amount)} ${total.points}`).join(', ');
  return (
    <Waits
      head={award.note || award.id}
      lines={[
        t('reviews.award_line', { members: format.number(award.members), totals }),
        t('reviews.award_by', { by: award.proposed_by, at: format.moment(award.proposed_at) }),
        award.rejected ? t('reviews.award_rejects', { count: award.rejected }) : '',
      ].filter(Boolean)}
      optional
      act={(approve) => {
        const params = { path: { award: award.id } };
        return approve
          ? data(api.POST('/v1/awards/{award}/approve', { params }))
          : data(api.POST('/v1/awards/{award}/reject', { params }));
      }}
    />
  );
}

function AdjustmentCard({ held }: { held: HeldAdjustment }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Waits
      head={t('reviews.adjustment_head', { amount: format.signed(held.amount), points: held.points })}
      member={held.member}
      lines={[held.reason, t('reviews.adjustment_by', { by: held.asked_name, at: format.moment(held.asked_at) })]}
      optional
      act={(approve) => {
        const params = { path: { adjustment: held.id } };
        return approve
          ? data(api.POST('/v1/adjustments/{adjustment}/approve', { params }))
          : data(api.POST('/v1/adjustments/{adjustment}/reject', { params }));
      }}
    />
  );
}
