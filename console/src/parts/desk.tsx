// What the service desk does for a member beside adjusting and merging: each asks first, and is written down.
import { Button, Menu, NumberInput, Select, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Balance, data, type Member } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { useFormat } from './format';
import { idsOf, useParts } from './use-parts';

type Doing = 'redeem' | 'claim' | 'tier' | 'revoke' | 'hold' | 'release' | 'gift' | 'again' | 'back' | 'unmerge';

export function Desk({ member, balance }: { member: Member; balance: Balance | undefined }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [doing, setDoing] = useState<Doing | null>(null);
  const given = balance?.tier?.held?.some((hold) => hold.why === 'by_hand');
  const all: Doing[] = [
    ...(may('redeem') ? (['redeem'] as const) : []),
    ...(may('ingest') ? (['claim'] as const) : []),
    ...(may('adjust') && balance?.tier ? (['tier', ...(given ? (['revoke'] as const) : [])] as const) : []),
    ...(may('adjust') && balance ? [balance.on_hold ? ('release' as const) : ('hold' as const)] : []),
    ...(may('adjust') ? (['gift'] as const) : []),
    ...(may('adjust') && lapsed(balance).length > 0 ? (['again'] as const) : []),
    ...(may('adjust') && backs(balance).length > 0 ? (['back'] as const) : []),
    ...(may('adjust') ? (['unmerge'] as const) : []),
  ];
  if (all.length === 0) return null;
  const Form = doing && { redeem: Redeem, claim: Claim, tier: Tier, revoke: Revoke, hold: Hold, release: Release, gift: Gift, again: Again, back: Back, unmerge: Unmerge }[doing];
  return (
    <>
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default">{t('desk.do')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {all.map((name) => (
            <Menu.Item key={name} onClick={() => setDoing(name)}>
              {t(`desk.${name}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {Form && <Form key={doing} member={member.id} balance={balance} close={() => setDoing(null)} />}
    </>
  );
}

type Own = { member: string; balance?: Balance | undefined; close: () => void };

/** The rewards that lapsed and can be given again, each once. */
const lapsed = (balance: Balance | undefined) => [...new Set((balance?.lapsed ?? []).map((own) => own.reward))];

/** What was given again and is unused. */
const backs = (balance: Balance | undefined) => (balance?.reissued ?? []).filter((own) => own.in_hand);

/** What a member has is asked for anew. */
function useAnew(member: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['member', member] });
}

function Redeem({ member, close }: Own) {
  const { t } = useTranslation();
  const format = useFormat();
  const anew = useAnew(member);
  const queries = useQueryClient();
  const rewards = useQuery({ queryKey: ['rewards'], queryFn: () => data(api.GET('/v1/rewards')) });
  const [reward, setReward] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const [request] = useState(() => crypto.randomUUID());
  const chosen = rewards.data?.items.find((own) => own.id === reward);
  const list = (rewards.data?.items ?? []).map((own) => ({
    value: own.id,
    label: [own.title, own.price.map((part) => `${format.number(part.amount)} ${part.points}`).join(' + ')].filter(Boolean).join(' · '),
  }));
  return (
    <Ask
      opened
      close={close}
      title={t('desk.redeem')}
      confirm={t('desk.redeem')}
      ready={chosen !== undefined}
      said={t('desk.redeemed')}
      act={async () => {
        await data(
          api.POST('/v1/members/{member}/redemptions', {
            params: { path: { member }, header: { 'Idempotency-Key': request } },
            body: { reward: reward ?? '', quantity: 1, commit: true, ...(chosen?.sent && address.trim() ? { address: address.trim() } : {}) },
          }),
        );
        await anew();
        await queries.invalidateQueries({ queryKey: ['rewards'] });
        await queries.invalidateQueries({ queryKey: ['fulfilments'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('desk.redeem_words')}</Text>
          <Select label={t('rewards.reward')} required searchable data={list} value={reward} onChange={setReward} error={fault('/reward')} />
          {chosen?.sent && <Textarea label={t('desk.redeem_for')} autosize minRows={2} value={address} onChange={(event) => setAddress(event.currentTarget.value)} error={fault('/address')} />}
        </Stack>
      )}
    </Ask>
  );
}

function Claim({ member, close }: Own) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [order, setOrder] = useState('');
  const [on, setOn] = useState('');
  const [total, setTotal] = useState('');
  const [currency, setCurrency] = useState('EUR');
  const [text, setText] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('desk.claim')}
      confirm={t('desk.claim')}
      ready={[order, on, total, currency].every((own) => own.trim() !== '')}
      said={t('desk.claimed')}
      act={async () => {
        await data(
          api.POST('/v1/members/{member}/claims', {
            params: { path: { member } },
            body: { order: order.trim(), on, total: total.trim(), currency: currency.trim(), ...(text.trim() ? { text: text.trim() } : {}) },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['queue'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('desk.claim_words')}</Text>
          <TextInput label={t('coupons.order')} required value={order} onChange={(event) => setOrder(event.currentTarget.value)} error={fault('/order')} />
          <TextInput type="date" label={t('desk.claim_on')} required value={on} onChange={(event) => setOn(event.currentTarget.value)} error={fault('/on')} />
          <TextInput label={t('desk.claim_total')} required inputMode="decimal" value={total} onChange={(event) => setTotal(event.currentTarget.value)} error={fault('/total')} />
          <TextInput label={t('desk.claim_currency')} required maxLength={3} value={currency} onChange={(event) => setCurrency(event.currentTarget.value)} error={fault('/currency')} />
          <Textarea label={t('desk.claim_text')} autosize minRows={2} value={text} onChange={(event) => setText(event.currentTarget.value)} error={fault('/text')} />
        </Stack>
      )}
    </Ask>
  );
}

function Tier({ member, close }: Own) {
  const { t } = useTranslation();
  const { session } = useSession();
  const anew = useAnew(member);
  const tiers = idsOf(useParts().data, 'tier');
  const [tier, setTier] = useState<string | null>(null);
  const [until, setUntil] = useState('');
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.tier')}
      confirm={t('desk.tier')}
      needsReason
      ready={tier !== null}
      said={t('desk.tier_said')}
      act={async (reason) => {
        await data(
          api.POST('/v1/members/{member}/tier-grants', {
            params: { path: { member }, header: { 'Idempotency-Key': request } },
            body: { tier: tier ?? '', reason, by: session?.name ?? null, ...(until ? { until: `${until}T00:00:00Z` } : {}) },
          }),
        );
        await anew();
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('desk.tier_words')}</Text>
          <Select label={t('member.tier')} required data={tiers} value={tier} onChange={setTier} error={fault('/tier')} />
          <TextInput type="date" label={t('desk.tier_until')} value={until} onChange={(event) => setUntil(event.currentTarget.value)} error={fault('/until')} />
        </Stack>
      )}
    </Ask>
  );
}

function Revoke({ member, close }: Own) {
  const { t } = useTranslation();
  const { session } = useSession();
  const anew = useAnew(member);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.revoke')}
      confirm={t('desk.revoke')}
      danger
      needsReason
      said={t('desk.revoked')}
      act={async (reason) => {
        await data(
          api.POST('/v1/members/{member}/tier-revocations', {
            params: { path: { member }, header: { 'Idempotency-Key': request } },
            body: { reason, by: session?.name ?? null },
          }),
        );
        await anew();
      }}
    >
      {t('desk.revoke_words')}
    </Ask>
  );
}

function Hold({ member, close }: Own) {
  const { t } = useTranslation();
  const anew = useAnew(member);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.hold')}
      confirm={t('desk.hold')}
      danger
      needsReason
      said={t('desk.hold_said')}
      act={async (reason) => {
        await data(api.POST('/v1/members/{member}/hold', { params: { path: { member }, header: { 'Idempotency-Key': request } }, body: { reason } }));
        await anew();
      }}
    >
      {t('desk.hold_words')}
    </Ask>
  );
}

function Release({ member, close }: Own) {
  const { t } = useTranslation();
  const anew = useAnew(member);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.release')}
      confirm={t('desk.release')}
      needsReason
      said={t('desk.release_said')}
      act={async (reason) => {
        await data(api.POST('/v1/members/{member}/release', { params: { path: { member }, header: { 'Idempotency-Key': request } }, body: { reason } }));
        await anew();
      }}
    >
      {t('desk.release_words')}
    </Ask>
  );
}

function Gift({ member, close }: Own) {
  const { t } = useTranslation();
  const anew = useAnew(member);
  const rewards = useQuery({ queryKey: ['rewards'], queryFn: () => data(api.GET('/v1/rewards')) });
  const [reward, setReward] = useState<string | null>(null);
  const [days, setDays] = useState<number | string>('');
  const [request] = useState(() => crypto.randomUUID());
  const list = (rewards.data?.items ?? []).map((own) => ({ value: own.id, label: own.title || own.id }));
  return (
    <Ask
      opened
      close={close}
      title={t('desk.gift')}
      confirm={t('desk.gift')}
      needsReason
      ready={reward !== null}
      said={t('desk.gift_said')}
      act={async (reason) => {
        await data(
          api.POST('/v1/members/{member}/reward-gifts', {
            params: { path: { member }, header: { 'Idempotency-Key': request } },
            body: { reward: reward ?? '', reason, ...(days === '' ? {} : { days: Number(days) }) },
          }),
        );
        await anew();
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('desk.gift_words')}</Text>
          <Select label={t('rewards.reward')} required searchable data={list} value={reward} onChange={setReward} error={fault('/reward')} />
          <NumberInput label={t('desk.gift_days')} min={1} max={3650} allowDecimal={false} value={days} onChange={setDays} error={fault('/days')} />
        </Stack>
      )}
    </Ask>
  );
}

function Again({ member, balance, close }: Own) {
  const { t } = useTranslation();
  const anew = useAnew(member);
  const rewards = lapsed(balance);
  const [reward, setReward] = useState<string | null>(rewards[0] ?? null);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.again')}
      confirm={t('desk.again')}
      needsReason
      ready={reward !== null}
      said={t('desk.again_said')}
      act={async (reason) => {
        await data(api.POST('/v1/members/{member}/reissues', { params: { path: { member }, header: { 'Idempotency-Key': request } }, body: { reward, reason } }));
        await anew();
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('desk.again_words')}</Text>
          <Select label={t('rewards.reward')} required data={rewards} value={reward} onChange={setReward} error={fault('/reward')} />
        </Stack>
      )}
    </Ask>
  );
}

function Back({ member, balance, close }: Own) {
  const { t } = useTranslation();
  const format = useFormat();
  const anew = useAnew(member);
  const given = backs(balance);
  const [chosen, setChosen] = useState<string | null>(given[0]?.id ?? null);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.back')}
      confirm={t('desk.back')}
      danger
      needsReason
      ready={chosen !== null}
      said={t('desk.back_said')}
      act={async (reason) => {
        await data(
          api.POST('/v1/members/{member}/reissues/{reissue}/undo', {
            params: { path: { member, reissue: chosen ?? '' }, header: { 'Idempotency-Key': request } },
            body: { reason },
          }),
        );
        await anew();
      }}
    >
      <Stack>
        <Text size="sm">{t('desk.back_words')}</Text>
        <Select
          label={t('rewards.reward')}
          required
          data={given.map((own) => ({ value: own.id, label: `${own.reward} · ${format.day(own.at)}` }))}
          value={chosen}
          onChange={setChosen}
        />
      </Stack>
    </Ask>
  );
}

/** A used redemption that the member had nothing of is given again. */
export function GiveAgain({ member, redemption, reward, close }: { member: string; redemption: string; reward: string; close: () => void }) {
  const { t } = useTranslation();
  const anew = useAnew(member);
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('desk.again_this', { reward })}
      confirm={t('desk.again')}
      needsReason
      said={t('desk.again_said')}
      act={async (reason) => {
        await data(api.POST('/v1/members/{member}/reissues', { params: { path: { member }, header: { 'Idempotency-Key': request } }, body: { redemption, reason } }));
        await anew();
      }}
    >
      {t('desk.again_used_words')}
    </Ask>
  );
}

function Unmerge({ member, close }: Own) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [who, setWho] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('desk.unmerge')}
      confirm={t('desk.unmerge')}
      ready={/^mem_[0-9a-f]{32}$/.test(who.trim()) && who.trim() !== member}
      said={t('desk.unmerged')}
      act={async () => {
        await data(api.POST('/v1/members/{member}/unmerge', { params: { path: { member: who.trim() } } }));
        await queries.invalidateQueries({ queryKey: ['member'] });
        await queries.invalidateQueries({ queryKey: ['members'] });
        await navigate({ to: '/members/$member', params: { member: who.trim() } });
      }}
    >
      <Stack>
        <Text size="sm">{t('desk.unmerge_words')}</Text>
        <TextInput label={t('desk.unmerge_who')} description={t('desk.unmerge_how')} required value={who} onChange={(event) => setWho(event.currentTarget.value)} />
      </Stack>
    </Ask>
  );
}
