// Connectors: shops and payment providers who tell what happens there, how they fare, and what they told.
import { Badge, Button, Checkbox, Group, MultiSelect, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Connector, type Delivery, type Platform } from '../../api/client';
import { Ask } from '../../parts/ask';
import { useFormat } from '../../parts/format';
import { Listing, Named } from '../../parts/listing';
import { Empty, Shown } from '../../parts/state';
import { Once } from './once';

type Doing = { what: 'change' | 'rotate' | 'reconcile' | 'remove'; connector: Connector };
type Said = {
  note: string;
  currency: string;
  paid: string[];
  enrols: boolean;
  code_prefix: string;
  address: string;
  ask_url: string;
  ask_key: string;
  ask_secret: string;
};
type Fault = (at: string) => string | undefined;

const NAMES: Record<string, string> = {
  generic: 'Standard Webhooks',
  shopify: 'Shopify',
  woocommerce: 'WooCommerce',
  stripe: 'Stripe',
  square: 'Square',
  medusa: 'Medusa',
  vendure: 'Vendure',
};

export function ConnectorsPart() {
  const { t } = useTranslation();
  const format = useFormat();
  const all = useQuery({ queryKey: ['connectors'], queryFn: () => data(api.GET('/v1/connectors')), refetchInterval: 10_000 });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Connector | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = all.data?.items.find((own) => own.id === chosen);
  return (
    <>
      {made?.secret && <Once title={t('connectors.secret_title', { name: made.source })} words={t('connectors.secret_words')} secret={made.secret} done={() => setMade(null)} />}
      <Group justify="space-between" mb="md">
        <Text size="sm">{t('connectors.sub')}</Text>
        <Button color="teal.9" onClick={() => setMaking(true)}>
          {t('connectors.new')}
        </Button>
      </Group>
      <Shown of={all}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('connectors.none')} />
          ) : (
            <Listing
              label={t('settings.connectors')}
              rows={items}
              keyOf={(own) => own.id}
              width={900}
              columns={[
                { head: t('connectors.source'), cell: (own) => <Named name={own.source} below={own.note || (NAMES[own.platform] ?? own.platform)} /> },
                { head: t('connectors.address_here'), cell: (own) => <Text size="xs">{window.location.origin + own.path}</Text> },
                { head: t('connectors.came_at'), cell: (own) => (own.came_at ? format.moment(own.came_at) : t('connectors.never')) },
                { head: t('connectors.state'), cell: (own) => <State of={own} /> },
                { head: t('connectors.do'), cell: (own) => <Actions of={own} does={setDoing} opens={() => setChosen(own.id)} /> },
              ]}
            />
          )
        }
      </Shown>
      {making && <Make platforms={all.data?.platforms ?? []} close={() => setMaking(false)} made={setMade} />}
      {doing && <Do key={doing.what + doing.connector.id} doing={doing} close={() => setDoing(null)} made={setMade} />}
      {shown && <Deliveries of={shown} close={() => setChosen(null)} />}
    </>
  );
}

function State({ of }: { of: Connector }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = of.failed + of.asks;
  return (
    <Stack gap={2} align="flex-start">
      <Badge color={open > 0 ? 'red.8' : 'teal.9'} variant="filled" tt="none">
        {open > 0 ? t('connectors.look') : t('connectors.good')}
      </Badge>
      {of.failed > 0 && <Text size="xs">{t('connectors.failed_shown', { shown: format.number(of.failed) })}</Text>}
      {of.asks > 0 && <Text size="xs">{t('connectors.asks_shown', { shown: format.number(of.asks) })}</Text>}
      {of.unsigned > 0 && of.unsigned_at && <Text size="xs">{t('connectors.unsigned_shown', { shown: format.number(of.unsigned), at: format.moment(of.unsigned_at) })}</Text>}
    </Stack>
  );
}

function Actions({ of, does, opens }: { of: Connector; does: (doing: Doing) => void; opens: () => void }) {
  const { t } = useTranslation();
  const actions = of.can_be_asked && of.ask_url ? (['change', 'reconcile', 'rotate', 'remove'] as const) : (['change', 'rotate', 'remove'] as const);
  return (
    <Group gap="xs" wrap="wrap">
      <Button size="xs" variant="default" aria-label={t('connectors.deliveries_this', { name: of.source })} onClick={opens}>
        {t('connectors.deliveries')}
      </Button>
      {actions.map((what) => (
        <Button key={what} size="xs" variant="default" aria-label={t(`connectors.${what}_this`, { name: of.source })} onClick={() => does({ what, connector: of })}>
          {t(`connectors.${what}`)}
        </Button>
      ))}
    </Group>
  );
}

function Do({ doing, close, made }: { doing: Doing; close: () => void; made: (connector: Connector) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { what, connector } = doing;
  const [said, setSaid] = useState<Said>({ ...connector, currency: connector.currency ?? '', ask_secret: '' });
  const [secret, setSecret] = useState('');
  const [hours, setHours] = useState('24');
  const [since, setSince] = useState(new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10));
  const params = { path: { connector: connector.id } };
  const act = async () => {
    if (what === 'remove') await data(api.DELETE('/v1/connectors/{connector}', { params }));
    else if (what === 'rotate') made(await data(api.POST('/v1/connectors/{connector}/secret', { params, body: { secret, overlap_hours: Number(hours) } })));
    else if (what === 'reconcile') return await reconcile();
    else await data(api.PATCH('/v1/connectors/{connector}', { params, body: sent(said) }));
    await queries.invalidateQueries({ queryKey: ['connectors'] });
    return t(`connectors.${what}_said`);
  };
  const reconcile = async () => {
    const begun = await data(api.POST('/v1/connectors/{connector}/reconciliations', { params, body: { since: `${since}T00:00:00Z` } }));
    const job = { params: { path: { job: begun.id } } };
    for (;;) {
      const now = await data(api.GET('/v1/jobs/{job}', job));
      if (now.state === 'running') {
        await new Promise((go) => setTimeout(go, 1000));
        continue;
      }
      if (now.state !== 'done') return t('connectors.reconcile_failed', { why: now.problem ?? now.state });
      const found = (await data(api.GET('/v1/jobs/{job}/result', job))) as { taken: number; known: number };
      await queries.invalidateQueries({ queryKey: ['connectors'] });
      return t('connectors.reconcile_said', { taken: found.taken, known: found.known });
    }
  };
  return (
    <Ask opened close={close} title={t(`connectors.${what}_this`, { name: connector.source })} confirm={t(`connectors.${what}`)} danger={what === 'remove'} said="" act={act}>
      {(fault) => (
        <Stack>
          <Text size="sm">{t(`connectors.${what}_words`)}</Text>
          {what === 'change' && <Fields said={said} set={setSaid} states={connector.states} askable={connector.can_be_asked} platform={connector.platform} fault={fault} />}
          {what === 'reconcile' && <TextInput type="date" label={t('connectors.since')} required value={since} onChange={(event) => setSince(event.currentTarget.value)} />}
          {what === 'rotate' && (
            <>
              <TextInput
                label={t('connectors.secret')}
                description={t('connectors.secret_how')}
                autoComplete="off"
                value={secret}
                error={fault('/secret')}
                onChange={(event) => setSecret(event.currentTarget.value)}
              />
              <Select
                label={t('connectors.overlap')}
                value={hours}
                onChange={(next) => setHours(next ?? '24')}
                allowDeselect={false}
                data={['0', '1', '24', '168'].map((value) => ({ value, label: value === '0' ? t('webhooks.at_once') : t('webhooks.hours', { hours: value }) }))}
              />
            </>
          )}
        </Stack>
      )}
    </Ask>
  );
}

/** What is sent of what was said: a secret only where one was entered. */
function sent(said: Said) {
  const { note, currency, paid, enrols, code_prefix, address, ask_url, ask_key, ask_secret } = said;
  return { note, currency, paid, enrols, code_prefix, address, ask_url, ask_key, ...(ask_secret ? { ask_secret } : {}) };
}

function Fields({
  said,
  set,
  states,
  askable,
  platform,
  fault,
}: {
  said: Said;
  set: (said: Said) => void;
  states: string[];
  askable: boolean;
  platform: string;
  fault: Fault;
}) {
  const { t } = useTranslation();
  const field = (name: 'note' | 'currency' | 'code_prefix' | 'address' | 'ask_url' | 'ask_key' | 'ask_secret') => (
    <TextInput
      label={t(`connectors.${name}`)}
      description={t(`connectors.${name}_how`)}
      autoComplete="off"
      value={said[name]}
      error={fault(`/${name}`)}
      onChange={(event) => set({ ...said, [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {field('note')}
      {field('currency')}
      {states.length > 0 && (
        <MultiSelect label={t('connectors.paid')} description={t('connectors.paid_how')} data={states} value={said.paid} onChange={(paid) => set({ ...said, paid })} clearable error={fault('/paid')} />
      )}
      <Checkbox label={t('connectors.enrols')} checked={said.enrols} onChange={(event) => set({ ...said, enrols: event.currentTarget.checked })} />
      {field('code_prefix')}
      {platform === 'square' && field('address')}
      {askable && (
        <>
          {field('ask_url')}
          {platform === 'woocommerce' && field('ask_key')}
          {field('ask_secret')}
        </>
      )}
    </>
  );
}

function Make({ platforms, close, made }: { platforms: Platform[]; close: () => void; made: (connector: Connector) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [platform, setPlatform] = useState('shopify');
  const [source, setSource] = useState('');
  const [secret, setSecret] = useState('');
  const [said, setSaid] = useState<Said>({
    note: '',
    currency: '',
    paid: [],
    enrols: false,
    code_prefix: 'RG-',
    address: '',
    ask_url: '',
    ask_key: '',
    ask_secret: '',
  });
  const own = platforms.find((known) => known.name === platform);
  return (
    <Ask
      opened
      close={close}
      title={t('connectors.new')}
      confirm={t('connectors.make')}
      ready={!!platform && (!!own?.takes_our_secret || !!secret.trim())}
      said={t('connectors.made_said')}
      act={async () => {
        made(await data(api.POST('/v1/connectors', { body: { platform, source, secret, ...sent(said) } })));
        await queries.invalidateQueries({ queryKey: ['connectors'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Select
            label={t('connectors.platform')}
            value={platform}
            onChange={(next) => setPlatform(next ?? 'shopify')}
            allowDeselect={false}
            data={platforms.map(({ name }) => ({ value: name, label: NAMES[name] ?? name }))}
          />
          <TextInput
            label={t('connectors.source')}
            description={t('connectors.source_how')}
            placeholder={platform}
            value={source}
            error={fault('/source')}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
          <TextInput
            label={t('connectors.secret')}
            description={own?.takes_our_secret ? t('connectors.secret_how') : t('connectors.secret_theirs')}
            required={!own?.takes_our_secret}
            autoComplete="off"
            value={secret}
            error={fault('/secret')}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <Fields said={said} set={setSaid} states={own?.states ?? []} askable={!!own?.can_be_asked} platform={platform} fault={fault} />
        </Stack>
      )}
    </Ask>
  );
}

/** What was told to one connector, and what became of it. */
function Deliveries({ of, close }: { of: Connector; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [moving, setMoving] = useState<{ to: 'again' | 'done'; delivery: Delivery } | null>(null);
  const params = { path: { connector: of.id }, query: { limit: 200 } };
  const listed = useQuery({
    queryKey: ['connectors', of.id, 'deliveries'],
    queryFn: () => data(api.GET('/v1/connectors/{connector}/deliveries', { params })),
    refetchInterval: 10_000,
  });
  const isOpen = ({ state }: Delivery) => state === 'failed' || state === 'asks' || state === 'waiting';
  return (
    <Paper withBorder p="md" mt="lg" component="section" aria-label={t('connectors.deliveries_this', { name: of.source })}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t('connectors.deliveries_this', { name: of.source })}
        </Title>
        <Group gap="md">
          <Checkbox label={t('connectors.open_only')} checked={open} onChange={(event) => setOpen(event.currentTarget.checked)} />
          <Button size="xs" variant="default" onClick={close}>
            {t('webhooks.close')}
          </Button>
        </Group>
      </Group>
      <Shown of={listed}>
        {({ items }) => {
          const rows = open ? items.filter(isOpen) : items;
          return rows.length === 0 ? (
            <Empty title={t('connectors.no_deliveries')} />
          ) : (
            <Listing
              label={t('connectors.deliveries_this', { name: of.source })}
              rows={rows}
              keyOf={(own) => own.id}
              width={760}
              columns={[
                { head: t('connectors.topic'), cell: (own) => <Named name={own.topic || '–'} below={own.id} /> },
                { head: t('connectors.when'), cell: (own) => format.moment(own.came_at) },
                { head: t('connectors.state'), cell: (own) => t(`connectors.is_${own.state}`) },
                { head: t('connectors.said'), cell: (own) => own.said || '–' },
                {
                  head: t('connectors.do'),
                  cell: (own) =>
                    isOpen(own) ? (
                      <Group gap="xs">
                        {own.body && (
                          <Button size="xs" variant="default" aria-label={t('connectors.again_this', { id: own.id })} onClick={() => setMoving({ to: 'again', delivery: own })}>
                            {t('connectors.again')}
                          </Button>
                        )}
                        <Button size="xs" variant="default" aria-label={t('connectors.done_this', { id: own.id })} onClick={() => setMoving({ to: 'done', delivery: own })}>
                          {t('connectors.done')}
                        </Button>
                      </Group>
                    ) : null,
                },
              ]}
            />
          );
        }}
      </Shown>
      {moving && (
        <Ask
          opened
          close={() => setMoving(null)}
          title={t(`connectors.${moving.to}_this`, { id: moving.delivery.id })}
          confirm={t(`connectors.${moving.to}`)}
          said=""
          act={async () => {
            const path = { connector: of.id, delivery: moving.delivery.id };
            const now = await data(api.POST('/v1/connectors/{connector}/deliveries/{delivery}', { params: { path }, body: { to: moving.to } }));
            await queries.invalidateQueries({ queryKey: ['connectors'] });
            return t('connectors.moved_said', { state: t(`connectors.is_${now.state}`) });
          }}
        >
          {t(`connectors.${moving.to}_words`)}
        </Ask>
      )}
    </Paper>
  );
}
