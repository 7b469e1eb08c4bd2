// A member: what they have and why, and what the service desk can do for them.
import { Alert, Button, Grid, Group, NumberInput, Paper, Progress, Select, Stack, Table, Tabs, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../api/asks';
import { api, type Balance, data, type Figure, type Member, type Redemption } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { InControlGroup } from '../parts/control-group';
import { Dialogue } from '../parts/dialogue';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Empty, PageHead, Shown } from '../parts/state';
import { Desk, GiveAgain } from '../parts/desk';
import { More, Part } from '../parts/member-more';
import { Privacy } from '../parts/privacy';
import { AllThatHappened } from '../parts/happened';
import { Identities } from '../parts/identities';
import { Scores } from '../parts/scores';
import { Timeline } from '../parts/timeline';
import { called } from './members';

export function MemberPage() {
  const { member } = useParams({ from: '/shell/members/$member' });
  const asked = useQuery(asks.member(member));
  return <Shown of={asked}>{(found) => <Whole key={found.id} member={found} />}</Shown>;
}

function Whole({ member }: { member: Member }) {
  const { t } = useTranslation();
  const format = useFormat();
  const balance = useQuery(asks.balance(member.id));
  return (
    <>
      <PageHead
        title={called(member)}
        sub={
          <Group gap={6}>
            <span>{member.enrolled_at ? t('member.since', { day: format.day(member.enrolled_at) }) : t('members.customer')}</span>
            <Identities of={member.identities} />
          </Group>
        }
      >
        <Actions member={member} balance={balance.data} />
      </PageHead>
      {balance.data?.on_hold && (
        <Alert color="orange" variant="light" mb="md" title={t('member.on_hold', { day: format.day(balance.data.on_hold.since) })} role="status">
          {balance.data.on_hold.reason}
        </Alert>
      )}
      <InControlGroup member={member.id} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Shown of={balance}>
            {(has) => (
              <>
                <Has balance={has} />
                <More member={member.id} balance={has} />
              </>
            )}
          </Shown>
          <Scores member={member.id} />
          <Redemptions member={member.id} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Paper withBorder p="lg" component="section" aria-labelledby="story">
            <Title order={2} size="h4" mb="md" id="story">
              {t('timeline.title')}
            </Title>
            <Tabs defaultValue="points" keepMounted={false}>
              <Tabs.List mb="md">
                <Tabs.Tab value="points">{t('happened.points')}</Tabs.Tab>
                <Tabs.Tab value="all">{t('happened.all')}</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="points">
                <Timeline member={member.id} />
              </Tabs.Panel>
              <Tabs.Panel value="all">
                <AllThatHappened member={member.id} />
              </Tabs.Panel>
            </Tabs>
          </Paper>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Has({ balance }: { balance: Balance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { tier, referral } = balance;
  return (
    <>
      {balance.points.map((points) => (
        <Part key={points.points} title={points.points}>
          <div className="figure">{format.number(points.available)}</div>
          <Text size="sm" c="dimmed">
            {[
              t('balance.available'),
              Number(points.pending) ? t('balance.pending', { amount: format.number(points.pending) }) : '',
              Number(points.held) ? t('balance.held', { amount: format.number(points.held) }) : '',
              Number(points.debt) ? t('balance.owed', { amount: format.number(points.debt) }) : '',
            ]
              .filter(Boolean)
              .join(' · ')}
          </Text>
          {points.expiring.length > 0 && (
            <Table mt="xs" className="numbers" aria-label={t('balance.lots', { points: points.points })}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t('balance.lapse_on')}</Table.Th>
                  <Table.Th scope="col" ta="right">
                    {points.points}
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {points.expiring.slice(0, 6).map((lot) => (
                  <Table.Tr key={lot.at + String(lot.amount)}>
                    <Table.Td>
                      {format.day(lot.at)}
                      {lot.available_at && (
                        <Text span size="xs" c="dimmed">
                          {' '}
                          {t('balance.free_on', { day: format.day(lot.available_at) })}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td ta="right">{format.number(lot.amount)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
          {points.expiring.length > 6 && (
            <Text size="xs" c="dimmed" mt={4}>
              {t('balance.more_lots', { count: points.expiring.length - 6 })}
            </Text>
          )}
        </Part>
      ))}
      {tier && (
        <Part title={t('member.tier')}>
          <Group gap="xs">
            <Text fw={650} size="lg">
              {tier.tier}
            </Text>
            {tier.until && (
              <Text size="sm" c="dimmed">
                {t('member.tier_until', { day: format.day(tier.until) })}
              </Text>
            )}
          </Group>
          {tier.next?.way.figures?.map((figure) => (
            <Way key={figure.metric} figure={figure} label={t('member.towards', { tier: tier.next?.tier, metric: figure.metric })} />
          ))}
          {tier.keep?.way.figures?.map((figure) => (
            <Way key={figure.metric} figure={figure} by={tier.keep?.by} label={t('member.keeping', { tier: tier.keep?.tier, metric: figure.metric })} />
          ))}
          <Stack gap={2} mt="sm">
            {tier.words.map((words) => (
              <Text key={words} size="sm" c="dimmed">
                {words}
              </Text>
            ))}
          </Stack>
        </Part>
      )}
      {balance.cards.map((card) => (
        <Part key={card.card} title={card.card}>
          <Text size="sm">{card.words}</Text>
          <Progress mt="xs" value={(card.stamps / card.full) * 100} color="teal.8" aria-label={card.words} />
          {card.expires_at && (
            <Text size="xs" c="dimmed" mt={4}>
              {t('member.card_until', { day: format.day(card.expires_at) })}
            </Text>
          )}
        </Part>
      ))}
      {balance.vouchers.length > 0 && (
        <Part title={t('member.vouchers')}>
          <ul className="plain-list">
            {balance.vouchers.map((voucher, at) => (
              <Text component="li" size="sm" key={at}>
                {voucher.reward} · {format.day(voucher.issued_at)}
                {voucher.expires_at ? ` · ${t('member.voucher_until', { day: format.day(voucher.expires_at) })}` : ''}
              </Text>
            ))}
          </ul>
        </Part>
      )}
      {referral && (
        <Part title={t('member.referral')}>
          <Text size="sm">{t('member.referral_words', { clicks: referral.clicks, joined: referral.joined, bought: referral.bought })}</Text>
          {referral.link && <Text size="sm">{referral.link}</Text>}
          {referral.sent_by && (
            <Text size="sm">
              {t('member.sent_by')}{' '}
              <PageLink to="/members/$member" params={{ member: referral.sent_by }}>
                {referral.sent_by}
              </PageLink>
            </Text>
          )}
        </Part>
      )}
      {(balance.consents?.length ?? 0) > 0 && (
        <Part title={t('member.consents')}>
          <ul className="plain-list">
            {balance.consents?.map((consent) => (
              <Text component="li" size="sm" key={consent.purpose}>
                {consent.purpose}: {consent.to_confirm ? t('member.to_confirm') : consent.given ? t('member.given') : t('member.withdrawn')} · {format.day(consent.since)}
              </Text>
            ))}
          </ul>
          <ConsentLedger member={balance.member} />
        </Part>
      )}
    </>
  );
}

/** Each time that something was allowed or taken back, with its proof. */
function ConsentLedger({ member }: { member: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const asked = useQuery({ queryKey: ['member', member, 'consents'], queryFn: () => data(api.GET('/v1/members/{member}/consents', { params: { path: { member } } })) });
  const items = asked.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <>
      <Text size="sm" fw={600} mt="sm">
        {t('member.consent_ledger')}
      </Text>
      <ul className="plain-list">
        {items.map((own) => (
          <Text component="li" size="sm" c="dimmed" key={own.hash}>
            {format.day(own.at)} · {own.purpose}: {own.given ? t('member.given') : t('member.withdrawn')} · {[own.source, ...Object.values(own.said)].join(' · ')}
          </Text>
        ))}
      </ul>
    </>
  );
}

/** How far a figure has come, what is missing, and by when. */
function Way({ figure, label, by }: { figure: Figure; label: string; by?: string | null | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = by ?? figure.until;
  const missing = Number(figure.missing) > 0;
  return (
    <>
      <Group justify="space-between" mt="xs">
        <Text size="sm">{label}</Text>
        <Text size="sm" className="numbers">
          {format.number(figure.counted)} / {format.number(figure.needed)}
        </Text>
      </Group>
      <Progress value={Math.min(100, (Number(figure.counted) / Number(figure.needed)) * 100)} mt={4} color="teal.8" aria-label={label} />
      <Text size="xs" c="dimmed" mt={4}>
        {[
          missing && t('member.missing', { amount: format.number(figure.missing) }),
          missing && last && t('member.by_day', { day: format.day(last) }),
          figure.falls_out && t('member.falls_out', { amount: format.number(figure.falls_out.amount), day: format.day(figure.falls_out.at) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </>
  );
}

function Redemptions({ member }: { member: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const [ending, setEnding] = useState<Redemption | null>(null);
  const [coding, setCoding] = useState<Redemption | null>(null);
  const [sending, setSending] = useState<Redemption | null>(null);
  const [again, setAgain] = useState<Redemption | null>(null);
  const asked = useQuery({
    queryKey: ['member', member, 'redemptions'],
    queryFn: () => data(api.GET('/v1/members/{member}/redemptions', { params: { path: { member } } })),
  });
  return (
    <Part title={t('member.redemptions')}>
      <Shown of={asked} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('member.no_redemptions')} />
          ) : (
            <ul className="plain-list">
              {items.map((own) => (
                <Group component="li" key={own.id} justify="space-between" mb="xs" wrap="nowrap">
                  <div>
                    <Text size="sm" fw={600}>
                      {own.quantity > 1 ? `${own.quantity} × ` : ''}
                      {own.reward}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {[
                        own.fulfilment ? t(`sent.${own.fulfilment}`) : t(`redemption.${own.status}`),
                        ...own.cost.map((cost) => `${format.number(cost.amount)} ${cost.points}`),
                        own.committed_at ? format.day(own.committed_at) : own.held_until ? t('redemption.until', { at: format.moment(own.held_until) }) : '',
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </Text>
                  </div>
                  <Group gap="xs" justify="flex-end">
                  {own.does?.has_code && may('adjust') && (
                    <Button size="xs" variant="default" onClick={() => setCoding(own)}>
                      {t('desk.show_code')}
                    </Button>
                  )}
                  {own.fulfilment && may('redeem') && (
                    <Button size="xs" variant="default" onClick={() => setSending(own)}>
                      {t('desk.address')}
                    </Button>
                  )}
                  {own.committed_at && own.quantity === 1 && !own.fulfilment && may('adjust') && (
                    <Button size="xs" variant="default" onClick={() => setAgain(own)} aria-label={t('desk.again_this', { reward: own.reward })}>
                      {t('desk.again_do')}
                    </Button>
                  )}
                  {may('redeem') && (
                    <Button size="xs" variant="default" onClick={() => setEnding(own)} aria-label={t('redemption.cancel_this', { reward: own.reward })}>
                      {t('redemption.cancel')}
                    </Button>
                  )}
                  </Group>
                </Group>
              ))}
            </ul>
          )
        }
      </Shown>
      {coding && <ShownCode key={coding.id} member={member} redemption={coding} close={() => setCoding(null)} />}
      {again && <GiveAgain key={again.id} member={member} redemption={again.id} reward={again.reward} close={() => setAgain(null)} />}
      {sending && <Address key={sending.id} member={member} redemption={sending} close={() => setSending(null)} />}
      <Ask
        opened={ending !== null}
        close={() => setEnding(null)}
        title={t('redemption.cancel_title', { reward: ending?.reward ?? '' })}
        confirm={t('redemption.cancel')}
        danger
        said={t('redemption.cancelled_said')}
        act={async () => {
          await data(
            api.POST('/v1/members/{member}/redemptions/{redemption}/cancel', {
              params: { path: { member, redemption: ending?.id ?? '' } },
            }),
          );
          await queries.invalidateQueries({ queryKey: ['member', member] });
        }}
      >
        {t('redemption.cancel_words')}
      </Ask>
    </Part>
  );
}

/** The code of a supplier that a redemption brought: shown again to whoever may. */
function ShownCode({ member, redemption, close }: { member: string; redemption: Redemption; close: () => void }) {
  const { t } = useTranslation();
  const shown = useQuery({
    queryKey: ['member', member, 'code', redemption.id],
    queryFn: () => data(api.POST('/v1/members/{member}/redemptions/{redemption}/code', { params: { path: { member, redemption: redemption.id } } })),
    gcTime: 0,
  });
  return (
    <Dialogue opened onClose={close} title={t('desk.code_again')}>
      <Shown of={shown}>{({ codes }) => codes.map((code) => <Text key={code} className="code">{code}</Text>)}</Shown>
    </Dialogue>
  );
}

function Address({ member, redemption, close }: { member: string; redemption: Redemption; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [address, setAddress] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('desk.address_of', { reward: redemption.reward })}
      confirm={t('desk.address')}
      ready={address.trim() !== ''}
      said={t('desk.address_said')}
      act={async () => {
        await data(
          api.PUT('/v1/members/{member}/redemptions/{redemption}/address', {
            params: { path: { member, redemption: redemption.id } },
            body: { address: address.trim() },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['fulfilments'] });
      }}
    >
      {(fault) => <Textarea label={t('desk.address')} required autosize minRows={2} value={address} onChange={(event) => setAddress(event.currentTarget.value)} error={fault('/address')} />}
    </Ask>
  );
}

function Actions({ member, balance }: { member: Member; balance: Balance | undefined }) {
  const { t } = useTranslation();
  const { may, session } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [adjusting, adjust] = useDisclosure();
  const [merging, merge] = useDisclosure();
  const kinds = balance?.points.map((points) => points.points) ?? [];
  const [points, setPoints] = useState<string | null>(null);
  const [amount, setAmount] = useState<string | number>('');
  const [into, setInto] = useState('');
  // One id for one dialogue: sent twice, it counts once.
  const [request, setRequest] = useState('');
  const kind = points ?? kinds[0] ?? '';
  const before = balance?.points.find((own) => own.points === kind)?.available ?? '0';
  const who = into.trim();
  const other = useQuery({
    queryKey: ['member', who],
    queryFn: () => data(api.GET('/v1/members/{member}', { params: { path: { member: who } } })),
    enabled: merging && /^mem_[0-9a-f]{32}$|^[^:\s]+:.+$/.test(who),
    retry: false,
  });
  if (!may('adjust')) return <Desk member={member} balance={balance} />;
  return (
    <Group>
      <Desk member={member} balance={balance} />
      <Button
        variant="default"
        onClick={() => {
          setRequest(crypto.randomUUID());
          adjust.open();
        }}
        disabled={!balance}
      >
        {t('adjust.do')}
      </Button>
      <Button variant="default" onClick={merge.open}>
        {t('merge.do')}
      </Button>
      {member.identities.length > 0 && <Privacy member={member.id} name={called(member)} />}
      <Ask
        opened={adjusting}
        close={() => {
          setAmount('');
          adjust.close();
        }}
        title={t('adjust.title', { name: called(member) })}
        confirm={t('adjust.confirm')}
        needsReason
        ready={Number(amount) !== 0}
        said={t('adjust.said')}
        act={async (reason) => {
          const done = await data(
            api.POST('/v1/members/{member}/adjustments', {
              params: { path: { member: member.id }, header: { 'Idempotency-Key': request } },
              body: { points: kind, amount: String(amount), reason, by: session?.name ?? '' },
            }),
          );
          setAmount('');
          await queries.invalidateQueries({ queryKey: ['member', member.id] });
          if ('asked_by' in done) {
            await queries.invalidateQueries({ queryKey: ['queue'] });
            return t('adjust.waits');
          }
        }}
      >
        <Stack>
          <Select label={t('adjust.points')} data={kinds} value={kind} onChange={setPoints} allowDeselect={false} />
          <NumberInput label={t('adjust.amount')} description={t('adjust.amount_how')} required value={amount} onChange={setAmount} />
          {session?.adjust_most !== undefined && session.adjust_most !== null && Math.abs(Number(amount)) > session.adjust_most && (
            <Alert color="yellow" variant="light">
              {t('adjust.second', { most: format.number(session.adjust_most) })}
            </Alert>
          )}
          <Text size="sm">
            {t('adjust.becomes', {
              before: format.number(before),
              after: format.number(Number(before) + Number(amount || 0)),
              points: kind,
            })}
          </Text>
        </Stack>
      </Ask>
      <Ask
        opened={merging}
        close={merge.close}
        title={t('merge.title', { name: called(member) })}
        confirm={t('merge.confirm')}
        danger
        ready={!!other.data && other.data.id !== member.id}
        said={t('merge.said')}
        act={async () => {
          const stays = other.data?.id ?? '';
          await data(api.POST('/v1/members/{member}/merge', { params: { path: { member: member.id } }, body: { into: stays } }));
          await queries.invalidateQueries({ queryKey: ['member'] });
          await queries.invalidateQueries({ queryKey: ['members'] });
          await navigate({ to: '/members/$member', params: { member: stays } });
        }}
      >
        <Stack>
          <Alert color="yellow" variant="light">
            {t('merge.words')}
          </Alert>
          <TextInput label={t('merge.into')} description={t('merge.into_how')} required value={into} onChange={(event) => setInto(event.currentTarget.value)} />
          {other.data && <Text size="sm">{t('merge.found', { name: called(other.data) })}</Text>}
          {other.error && <Text size="sm" c="red.8">{t('merge.not_found')}</Text>}
        </Stack>
      </Ask>
    </Group>
  );
}
