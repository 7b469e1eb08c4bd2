// The till: find the member, sell, stamp, redeem. It goes on selling without the server, within limits,
// and says so; nothing is given away until the server is back.
import { ActionIcon, Alert, Badge, Button, Card, Group, NumberInput, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { createLazyRoute, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, Failed, type Till, type TillMember, type TillReward } from '../api/client';
import { useSession } from '../api/session';
import { Dialogue } from '../parts/dialogue';
import { useFormat } from '../parts/format';
import { Empty, Problem, useReason, Waiting } from '../parts/state';
import { tell } from '../parts/tell';
import { forget, forgetKnown, put, remember, remembered, type Sale, sales, send, source } from './till/queue';
import { canScan, Scan } from './till/scan';

export const Route = createLazyRoute('/till')({ component: TillPage });

/** How long between two tries to reach the server while something waits. */
const AGAIN_MS = 4000;

function TillPage() {
  const { t } = useTranslation();
  const { session, may } = useSession();
  const asked = useQuery({
    queryKey: ['till'],
    queryFn: async () => {
      try {
        const till = await data(api.GET('/v1/till'));
        if (session) await remember({ session, till });
        return till;
      } catch (error) {
        const last = error instanceof Failed && error.status === 0 ? await remembered() : undefined;
        if (last && last.session.tenant === session?.tenant) return last.till;
        throw error;
      }
    },
    networkMode: 'always',
    enabled: may('till'),
  });
  useEffect(() => {
    document.title = `${t('till.title')} · Regulars`;
    void keepForOffline();
  }, [t]);
  if (!may('till')) return <Frame>{<Empty title={t('settings.not_yours')} />}</Frame>;
  if (asked.data && session) return <AtWork till={asked.data} tenant={session.tenant} />;
  return <Frame>{asked.error ? <Problem error={asked.error} again={() => void asked.refetch()} /> : <Waiting />}</Frame>;
}

/** Keeps this page's own files, so that it opens without the server too. */
async function keepForOffline() {
  if (!('serviceWorker' in navigator)) return;
  const kept = await navigator.serviceWorker.register('/console/till-worker.js', { scope: '/console/' }).catch(() => null);
  const ready = kept && (await navigator.serviceWorker.ready);
  const files = performance.getEntriesByType('resource').map((own) => new URL(own.name).pathname);
  ready?.active?.postMessage({ keep: ['/console/till', ...files.filter((path) => path.startsWith('/console/'))] });
}

function Frame({ children, state }: { children: ReactNode; state?: ReactNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { session, signOut, may } = useSession();
  const [wrong, setWrong] = useState('');
  const leave = async () => {
    const waiting = session ? (await sales(session.tenant)).filter((sale) => sale.state === 'waiting') : [];
    if (waiting.length > 0) return setWrong(t('till.not_yet', { number: waiting.length }));
    await forgetKnown();
    await signOut();
  };
  return (
    <div className="till">
      <Group component="header" justify="space-between" mb="md">
        <Group gap="sm">
          <img src={session?.logo || '/console/icon.svg'} height={32} alt="" />
          <Text fw={700}>{session?.tenant_name}</Text>
        </Group>
        <Group gap="xs">
          {state}
          {may('read') && (
            <Button variant="subtle" color="gray" size="compact-md" onClick={() => void navigate({ to: '/' })}>
              {t('till.console')}
            </Button>
          )}
          <Button variant="default" size="compact-md" onClick={() => void leave()}>
            {t('nav.sign_out')}
          </Button>
        </Group>
      </Group>
      <main>
        <Title order={1} size="h3" mb="sm">
          {t('till.title')}
        </Title>
        {wrong && (
          <Alert color="yellow" variant="light" role="alert" mb="md">
            {wrong}
          </Alert>
        )}
        {children}
      </main>
    </div>
  );
}

function AtWork({ till, tenant }: { till: Till; tenant: string }) {
  const { t } = useTranslation();
  const reason = useReason();
  const [reached, setReached] = useState(navigator.onLine);
  const [own, setOwn] = useState<Sale[]>([]);
  const [text, setText] = useState('');
  const [member, setMember] = useState<TillMember | null>(null);
  const [unknown, setUnknown] = useState('');
  const [scanning, setScanning] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const waiting = own.filter((sale) => sale.state === 'waiting');
  const refresh = useCallback(async () => setOwn(await sales(tenant)), [tenant]);
  const reconcile = useCallback(async () => {
    try {
      await send(tenant);
      setReached(true);
    } catch (error) {
      if (error instanceof Failed && error.status === 0) setReached(false);
    }
    await refresh();
  }, [tenant, refresh]);
  useEffect(() => {
    const back = () => void reconcile();
    const gone = () => setReached(false);
    window.addEventListener('online', back);
    window.addEventListener('offline', gone);
    back();
    return () => {
      window.removeEventListener('online', back);
      window.removeEventListener('offline', gone);
    };
  }, [reconcile]);
  const isWaiting = waiting.length > 0 || !reached;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = window.setInterval(() => void (navigator.onLine && reconcile()), AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [isWaiting, reconcile]);

  const finding = useMutation({
    networkMode: 'always',
    mutationFn: async (wanted: string) => data(api.POST('/v1/till/find', { body: { text: wanted } })),
    onSuccess: (found) => {
      setReached(true);
      setUnknown('');
      setMember(found);
    },
    onError: (error, wanted) => {
      if (!(error instanceof Failed) || error.status !== 0) return;
      // Nobody can be asked who that is: the sale is kept for whoever it turns out to be.
      setReached(false);
      setMember(null);
      setUnknown(wanted);
      finding.reset();
    },
  });
  const find = (wanted: string) => {
    if (!wanted.trim()) return;
    setMember(null);
    setUnknown('');
    finding.mutate(wanted.trim());
  };
  const next = () => {
    setMember(null);
    setUnknown('');
    setText('');
    finding.reset();
    field.current?.focus();
  };
  const scanned = useCallback((code: string) => {
    setScanning(false);
    setText(code);
    find(code);
    // What it needs does not change while the camera looks.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return (
    <Frame
      state={
        <Badge color={reached ? 'teal.9' : 'red.9'} variant="filled" size="lg" tt="none" role="status">
          {reached ? (waiting.length ? t('till.sending', { number: waiting.length }) : t('till.online')) : t('till.offline', { number: waiting.length, most: till.limits.sales_most })}
        </Badge>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          find(text);
        }}
      >
        <Group align="flex-end" mb="md" wrap="nowrap">
          <TextInput
            ref={field}
            size="lg"
            className="grow"
            label={t('till.who')}
            description={t('till.who_how')}
            autoFocus
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {canScan && (
            <Button size="lg" variant="default" onClick={() => setScanning(true)}>
              {t('till.scan_do')}
            </Button>
          )}
          <Button size="lg" type="submit" color="teal.9" loading={finding.isPending}>
            {t('till.find')}
          </Button>
        </Group>
      </form>
      {scanning && <Scan close={() => setScanning(false)} found={scanned} />}
      {finding.error && (
        <Alert color="red" variant="light" role="alert" mb="md">
          {finding.error instanceof Failed && finding.error.code === 'unknown_member' ? t('till.nobody', { text: finding.variables ?? '' }) : reason(finding.error)}
        </Alert>
      )}
      {(member || unknown) && (
        <Serve
          key={member?.member ?? unknown}
          till={till}
          tenant={tenant}
          member={member}
          text={unknown}
          full={!reached && waiting.length >= till.limits.sales_most}
          reached={reached}
          sold={async () => {
            next();
            await refresh();
            await reconcile();
          }}
          redeemed={() => find(member?.member ?? '')}
          next={next}
        />
      )}
      <Last own={own} again={async () => { await refresh(); await reconcile(); }} />
    </Frame>
  );
}

function Serve({
  till,
  tenant,
  member,
  text,
  full,
  reached,
  sold,
  redeemed,
  next,
}: {
  till: Till;
  tenant: string;
  member: TillMember | null;
  text: string;
  full: boolean;
  reached: boolean;
  sold: () => Promise<void>;
  redeemed: () => void;
  next: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const [amount, setAmount] = useState<string | number>('');
  const [stamps, setStamps] = useState<Record<string, number>>({});
  const [wanted, setWanted] = useState<TillReward | null>(null);
  const cards = till.cards.filter((card) => card.category);
  const stamped = cards.map((card) => ({ card: card.card, category: card.category, count: stamps[card.card] ?? 0 })).filter((own) => own.count > 0);
  const tooMuch = Number(amount) > till.limits.amount_most;
  const ready = (Number(amount) > 0 || stamped.length > 0) && !tooMuch && !full;
  const selling = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      const digits = new Intl.NumberFormat('en', { style: 'currency', currency: till.currency }).resolvedOptions().maximumFractionDigits ?? 2;
      await put({
        id: crypto.randomUUID(),
        tenant,
        ...(member ? { member: member.member } : {}),
        text,
        name: member?.name ?? '',
        amount: Number(amount || 0).toFixed(digits),
        currency: till.currency,
        stamps: stamped,
        at: new Date().toISOString(),
        state: 'waiting',
        said: '',
      });
      await sold();
    },
  });
  // One key for one question: asked again after a lost answer, it is given once.
  const [key] = useState(() => crypto.randomUUID());
  const redeeming = useMutation({
    mutationFn: (reward: TillReward) =>
      data(api.POST('/v1/events', { body: { type: 'reward_request', source: source(), id: `${key}-${reward.reward}`, member: member?.member, reward: reward.reward, commit: true } as never })),
    onSuccess: (_, reward) => {
      tell(t('till.redeemed', { reward: reward.title }));
      setWanted(null);
      redeemed();
    },
  });
  return (
    <Paper withBorder p="lg" mb="md" component="section" aria-label={member?.name || t('till.somebody')}>
      <Group justify="space-between" mb="md">
        <div>
          <Title order={2} size="h2">
            {member ? member.name || t('till.somebody') : t('till.unknown', { text })}
          </Title>
          {member ? (
            <Text c="dimmed">
              {[...member.points.map((own) => `${format.number(own.amount)} ${own.points}`), member.tier ?? '', ...member.cards.map((card) => `${card.card}: ${card.stamps}/${card.full}`)].filter(Boolean).join(' · ')}
            </Text>
          ) : (
            <Text c="dimmed">{t('till.unknown_words')}</Text>
          )}
        </div>
        <Button variant="default" size="md" onClick={next}>
          {t('till.next')}
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) selling.mutate();
          }}
        >
          <Stack>
            <NumberInput
              size="lg"
              label={t('till.amount', { currency: till.currency })}
              min={0}
              decimalScale={2}
              hideControls
              inputMode="decimal"
              value={amount}
              onChange={setAmount}
            />
            {tooMuch && (
              <Alert color="yellow" variant="light" role="alert">
                {t('till.too_much', { most: format.money(till.limits.amount_most, till.currency) })}
              </Alert>
            )}
            {cards.map((card) => (
              <Group key={card.card} justify="space-between">
                <Text id={`stamp-${card.card}`}>{t('till.stamps', { card: card.card, category: card.category })}</Text>
                <Group gap="xs" role="group" aria-labelledby={`stamp-${card.card}`}>
                  <ActionIcon size={44} variant="default" aria-label={t('till.less')} disabled={!stamps[card.card]} onClick={() => setStamps({ ...stamps, [card.card]: (stamps[card.card] ?? 0) - 1 })}>
                    −
                  </ActionIcon>
                  <Text fw={650} miw={28} ta="center" aria-live="polite">
                    {stamps[card.card] ?? 0}
                  </Text>
                  <ActionIcon size={44} variant="default" aria-label={t('till.more')} disabled={(stamps[card.card] ?? 0) >= 20} onClick={() => setStamps({ ...stamps, [card.card]: (stamps[card.card] ?? 0) + 1 })}>
                    +
                  </ActionIcon>
                </Group>
              </Group>
            ))}
            {full && (
              <Alert color="yellow" variant="light" role="alert">
                {t('till.full', { most: till.limits.sales_most })}
              </Alert>
            )}
            {selling.error && <Problem error={selling.error} />}
            <Button type="submit" size="lg" color="teal.9" disabled={!ready} loading={selling.isPending}>
              {t('till.sell')}
            </Button>
          </Stack>
        </form>
        <Stack gap="xs" component="section" aria-label={t('till.rewards')}>
          <Text fw={600}>{t('till.rewards')}</Text>
          {!reached ? (
            <Text size="sm" c="dimmed">
              {t('till.no_rewards_offline')}
            </Text>
          ) : member?.on_hold ? (
            <Text size="sm" role="status">
              {t('till.on_hold', { reason: member.on_hold })}
            </Text>
          ) : !member || member.rewards.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('till.no_rewards')}
            </Text>
          ) : (
            member.rewards.map((reward) => (
              <Button key={reward.reward} size="lg" variant="default" justify="space-between" h="auto" py="sm" onClick={() => setWanted(reward)} rightSection={<Text size="sm">{price(reward, format, t)}</Text>}>
                {reward.title}
              </Button>
            ))
          )}
        </Stack>
      </SimpleGrid>
      <Dialogue opened={wanted !== null} onClose={() => { redeeming.reset(); setWanted(null); }} title={t('till.redeem_title', { reward: wanted?.title ?? '' })}>
        <Stack>
          <Text>{wanted && price(wanted, format, t)}</Text>
          {redeeming.error && (
            <Alert color="red" variant="light" role="alert">
              {reason(redeeming.error)}
            </Alert>
          )}
          <Button size="lg" color="teal.9" data-autofocus loading={redeeming.isPending} onClick={() => wanted && redeeming.mutate(wanted)}>
            {t('till.redeem')}
          </Button>
        </Stack>
      </Dialogue>
    </Paper>
  );
}

function price(reward: TillReward, format: ReturnType<typeof useFormat>, t: (key: string) => string): string {
  if (reward.by_voucher) return t('till.voucher');
  return reward.cost.map((own) => `${format.number(own.amount)} ${own.points}`).join(', ');
}

const COLOURS = { waiting: 'indigo.9', booked: 'teal.9', refused: 'red.9' } as const;

function Last({ own, again }: { own: Sale[]; again: () => Promise<void> }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (own.length === 0) return null;
  return (
    <section aria-labelledby="last-sales">
      <Title order={2} size="h5" mb="xs" id="last-sales">
        {t('till.last')}
      </Title>
      <Stack gap="xs" component="ul" className="plain-list">
        {own.map((sale) => (
          <Card key={sale.id} withBorder padding="sm" component="li">
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <div>
                <Text fw={600}>
                  {format.money(sale.amount, sale.currency)} · {sale.name || sale.text || t('till.somebody')}
                </Text>
                <Text size="sm" c="dimmed">
                  {[format.moment(sale.at), ...sale.stamps.map((stamp) => `${stamp.count} × ${stamp.category}`), sale.said].filter(Boolean).join(' · ')}
                </Text>
              </div>
              <Group gap="xs" wrap="nowrap">
                <Badge color={COLOURS[sale.state]} variant="filled" tt="none">
                  {t(`till.${sale.state}`)}
                </Badge>
                {sale.state === 'refused' && (
                  <>
                    <Button size="compact-sm" variant="default" onClick={async () => { await put({ ...sale, state: 'waiting', said: '' }); await again(); }}>
                      {t('error.again')}
                    </Button>
                    <Button size="compact-sm" variant="default" onClick={async () => { await forget(sale.id); await again(); }}>
                      {t('till.dismiss')}
                    </Button>
                  </>
                )}
              </Group>
            </Group>
          </Card>
        ))}
      </Stack>
    </section>
  );
}
