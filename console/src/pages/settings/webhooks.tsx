// Webhooks: endpoints that are told what happens, how they fare, and what did not go through.
import { Badge, Button, Group, MultiSelect, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as asks from '../../api/asks';
import { api, data, type Endpoint, type Trouble } from '../../api/client';
import { Ask } from '../../parts/ask';
import { useFormat } from '../../parts/format';
import { Listing, Named } from '../../parts/listing';
import { Empty, Shown } from '../../parts/state';
import { Once } from './once';

type Doing = { what: 'pause' | 'resume' | 'rotate' | 'remove' | 'test'; endpoint: Endpoint };

export function WebhooksPart() {
  const { t } = useTranslation();
  const format = useFormat();
  const all = useQuery({ ...asks.webhooks, refetchInterval: 10_000 });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Endpoint | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = all.data?.items.find((own) => own.id === chosen);
  return (
    <>
      {made?.secret && <Once title={t('webhooks.secret_title', { url: made.url })} words={t('webhooks.secret_words')} secret={made.secret} done={() => setMade(null)} />}
      <Group justify="space-between" mb="md">
        <Text size="sm">{t('webhooks.sub')}</Text>
        <Button color="teal.9" onClick={() => setMaking(true)}>
          {t('webhooks.new')}
        </Button>
      </Group>
      <Shown of={all}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('webhooks.none')} />
          ) : (
            <Listing
              label={t('settings.webhooks')}
              rows={items}
              keyOf={(own) => own.id}
              width={900}
              columns={[
                { head: t('webhooks.url'), cell: (own) => <Named name={own.url} below={own.note || own.id} /> },
                { head: t('webhooks.topics'), cell: (own) => own.topics.join(', ') || t('webhooks.everything') },
                { head: t('webhooks.state'), cell: (own) => <State of={own} /> },
                { head: t('webhooks.taken'), right: true, cell: (own) => format.number(own.taken) },
                { head: t('webhooks.waiting'), right: true, cell: (own) => format.number(own.waiting) },
                { head: t('webhooks.given_up'), right: true, cell: (own) => format.number(own.given_up) },
                { head: t('webhooks.do'), cell: (own) => <Actions of={own} does={setDoing} opens={() => setChosen(own.id)} /> },
              ]}
            />
          )
        }
      </Shown>
      {making && <Make topics={all.data?.topics ?? []} close={() => setMaking(false)} made={setMade} />}
      {doing && <Do doing={doing} close={() => setDoing(null)} made={setMade} />}
      {shown && <Troubles of={shown} close={() => setChosen(null)} />}
    </>
  );
}

function State({ of }: { of: Endpoint }) {
  const { t } = useTranslation();
  const format = useFormat();
  const state = of.paused ? 'paused' : of.failing_since ? 'failing' : 'good';
  const why = of.paused ? t(`webhooks.paused_${of.paused}`) : of.failing_since ? t('webhooks.failing_since', { at: format.moment(of.failing_since) }) : '';
  return (
    <Stack gap={2} align="flex-start">
      <Badge color={{ good: 'teal.9', failing: 'red.8', paused: 'gray.7' }[state]} variant="filled" tt="none">
        {t(`webhooks.${state}`)}
      </Badge>
      {why && <Text size="xs">{why}</Text>}
      {of.failure && state !== 'good' && <Text size="xs">{of.failure}</Text>}
    </Stack>
  );
}

function Actions({ of, does, opens }: { of: Endpoint; does: (doing: Doing) => void; opens: () => void }) {
  const { t } = useTranslation();
  const button = (what: Doing['what']) => (
    <Button key={what} size="xs" variant="default" aria-label={t(`webhooks.${what}_this`, { url: of.url })} onClick={() => does({ what, endpoint: of })}>
      {t(`webhooks.${what}`)}
    </Button>
  );
  return (
    <Group gap="xs" wrap="wrap">
      <Button size="xs" variant="default" aria-label={t('webhooks.deliveries_this', { url: of.url })} onClick={opens}>
        {t('webhooks.deliveries')}
      </Button>
      {(['test', of.paused ? 'resume' : 'pause', 'rotate', 'remove'] as const).map(button)}
    </Group>
  );
}

function Do({ doing, close, made }: { doing: Doing; close: () => void; made: (endpoint: Endpoint) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { what, endpoint } = doing;
  const [hours, setHours] = useState('24');
  const params = { path: { endpoint: endpoint.id } };
  const act = async () => {
    if (what === 'remove') await data(api.DELETE('/v1/webhooks/{endpoint}', { params }));
    else if (what === 'rotate') made(await data(api.POST('/v1/webhooks/{endpoint}/secret', { params, body: { overlap_hours: Number(hours) } })));
    else if (what === 'test') {
      const { taken, failure } = await data(api.POST('/v1/webhooks/{endpoint}/test', { params }));
      return taken ? t('webhooks.test_said') : t('webhooks.test_failed', { why: failure ?? '' });
    } else await data(api.PATCH('/v1/webhooks/{endpoint}', { params, body: { paused: what === 'pause' } }));
    await queries.invalidateQueries({ queryKey: ['webhooks'] });
    return t(`webhooks.${what}_said`);
  };
  return (
    <Ask opened close={close} title={t(`webhooks.${what}_this`, { url: endpoint.url })} confirm={t(`webhooks.${what}`)} danger={what === 'remove'} said="" act={act}>
      <Stack>
        <Text size="sm">{t(`webhooks.${what}_words`)}</Text>
        {what === 'rotate' && (
          <Select
            label={t('webhooks.overlap')}
            value={hours}
            onChange={(next) => setHours(next ?? '24')}
            allowDeselect={false}
            data={['0', '1', '24', '168'].map((value) => ({ value, label: value === '0' ? t('webhooks.at_once') : t('webhooks.hours', { hours: value }) }))}
          />
        )}
      </Stack>
    </Ask>
  );
}

function Make({ topics, close, made }: { topics: string[]; close: () => void; made: (endpoint: Endpoint) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [note, setNote] = useState('');
  const [wants, setWants] = useState<string[]>([]);
  return (
    <Ask
      opened
      close={close}
      title={t('webhooks.new')}
      confirm={t('webhooks.make')}
      ready={!!url.trim()}
      said={t('webhooks.made_said')}
      act={async () => {
        made(await data(api.POST('/v1/webhooks', { body: { url, note, topics: wants } })));
        await queries.invalidateQueries({ queryKey: ['webhooks'] });
      }}
    >
      {(fault) => (
        <Stack>
          <TextInput
            label={t('webhooks.url')}
            description={t('webhooks.url_how')}
            required
            type="url"
            value={url}
            error={fault('/url')}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <TextInput label={t('webhooks.note')} description={t('webhooks.note_how')} maxLength={200} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <MultiSelect label={t('webhooks.topics')} description={t('webhooks.topics_how')} data={topics} value={wants} onChange={setWants} searchable clearable />
        </Stack>
      )}
    </Ask>
  );
}

/** What did not go through to one endpoint, and what may be sent once more. */
function Troubles({ of, close }: { of: Endpoint; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const params = { path: { endpoint: of.id } };
  const troubles = useQuery({
    queryKey: ['webhooks', of.id, 'troubles'],
    queryFn: () => data(api.GET('/v1/webhooks/{endpoint}/troubles', { params })),
    refetchInterval: 10_000,
  });
  const [again, setAgain] = useState<Trouble | 'given_up' | null>(null);
  return (
    <Paper withBorder p="md" mt="lg" component="section" aria-label={t('webhooks.deliveries_this', { url: of.url })}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t('webhooks.deliveries_this', { url: of.url })}
        </Title>
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={of.given_up === 0} onClick={() => setAgain('given_up')}>
            {t('webhooks.again_all')}
          </Button>
          <Button size="xs" variant="default" onClick={close}>
            {t('webhooks.close')}
          </Button>
        </Group>
      </Group>
      <Text size="sm" mb="sm">
        {of.taken_at ? t('webhooks.taken_at', { at: format.moment(of.taken_at) }) : t('webhooks.taken_none')}
      </Text>
      <Shown of={troubles}>
        {({ failing, letters }) =>
          failing.length + letters.length === 0 ? (
            <Empty title={t('webhooks.no_troubles')} />
          ) : (
            <Listing
              label={t('webhooks.troubles')}
              rows={[...failing, ...letters]}
              keyOf={(own) => `${own.source}/${own.id}`}
              width={720}
              columns={[
                { head: t('webhooks.event'), cell: (own) => <Named name={own.id} below={own.source} /> },
                { head: t('webhooks.why'), cell: (own) => own.failure ?? '–' },
                { head: t('webhooks.failures'), right: true, cell: (own) => format.number(own.failures) },
                { head: t('webhooks.next_at'), cell: (own) => (own.next_at ? format.moment(own.next_at) : t('webhooks.was_given_up')) },
                {
                  head: t('webhooks.do'),
                  cell: (own) => (
                    <Button size="xs" variant="default" aria-label={t('webhooks.again_this', { id: own.id })} onClick={() => setAgain(own)}>
                      {t('webhooks.again')}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      <Ask
        opened={again !== null}
        close={() => setAgain(null)}
        title={again === 'given_up' || again === null ? t('webhooks.again_all') : t('webhooks.again_this', { id: again.id })}
        confirm={t('webhooks.again')}
        said=""
        act={async () => {
          const body = again === 'given_up' || again === null ? ({ which: 'given_up' } as const) : ({ which: 'event', source: again.source, id: again.id } as const);
          const { events } = await data(api.POST('/v1/webhooks/{endpoint}/replays', { params, body }));
          await queries.invalidateQueries({ queryKey: ['webhooks'] });
          return t('webhooks.again_said', { events: format.number(events) });
        }}
      >
        {t('webhooks.again_words')}
      </Ask>
    </Paper>
  );
}
