// Messages: what was sent and what became of it, the templates, and what is set for all messages.
import { Button, Checkbox, Group, NumberInput, Select, Stack, Tabs, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type MessageSettingsOf, type SendOf, type TemplateOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Power } from '../parts/lift';
import { Listing, Nothing, Paged } from '../parts/listing';
import { PageHead, Shown } from '../parts/state';
import { TemplateEditor } from '../parts/template';

export const Route = createLazyRoute('/shell/messages')({ component: MessagesPage });

const useTemplates = () => useQuery({ queryKey: ['templates'], queryFn: () => data(api.GET('/v1/templates')) });

function MessagesPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const [tab, setTab] = useState<string | null>('sends');
  return (
    <>
      <PageHead title={t('messages.title')} sub={t('messages.sub')} />
      <Tabs value={tab} keepMounted={false} onChange={setTab}>
        <Tabs.List mb="lg" aria-label={t('messages.title')}>
          <Tabs.Tab value="sends">{t('messages.sends')}</Tabs.Tab>
          <Tabs.Tab value="templates">{t('messages.templates')}</Tabs.Tab>
          {may('admin') && <Tabs.Tab value="settings">{t('messages.settings')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="sends">
          <Sends />
        </Tabs.Panel>
        <Tabs.Panel value="templates">
          <Templates />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** How many messages of a send are at a stage. */
const at = (send: SendOf, stage: string) => send.counts.filter((own) => own.stage === stage).reduce((sum, own) => sum + own.count, 0);

function Sends() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [sending, setSending] = useState(false);
  const sends = useInfiniteQuery({
    queryKey: ['sends'],
    queryFn: ({ pageParam }) => data(api.GET('/v1/sends', { params: { query: { limit: 25, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 5000,
  });
  return (
    <>
      {may('program') && (
        <Group justify="flex-end" mb="md">
          <Button variant="default" onClick={() => setSending(true)}>
            {t('messages.send')}
          </Button>
        </Group>
      )}
      <Paged of={sends} none={t('messages.no_sends')}>
        {(rows) => (
          <Listing
            label={t('messages.sends')}
            rows={rows}
            keyOf={(own) => own.id}
            columns={[
              {
                head: t('messages.name'),
                cell: (own) => (
                  <PageLink to="/messages/$send" params={{ send: own.id }} fw={600}>
                    {own.name}
                  </PageLink>
                ),
              },
              { head: t('messages.when'), cell: (own) => format.moment(own.made_at) },
              { head: t('messages.channel'), cell: (own) => t(`messages.channels.${own.channel}`) },
              { head: t('messages.stage'), cell: (own) => t(`messages.send_stages.${own.stage}`) },
              { head: t('messages.all'), right: true, cell: (own) => format.number(own.messages) },
              { head: t('messages.stages.sent'), right: true, cell: (own) => format.number(at(own, 'sent')) },
              { head: t('messages.stages.not_sent'), right: true, cell: (own) => format.number(at(own, 'not_sent')) },
            ]}
          />
        )}
      </Paged>
      {sending && <Send close={() => setSending(false)} />}
    </>
  );
}

function Send({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const templates = useTemplates();
  const segments = useQuery({ queryKey: ['segments'], queryFn: () => data(api.GET('/v1/segments')) });
  const [template, setTemplate] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>('email');
  const [segment, setSegment] = useState<string | null>(null);
  const [member, setMember] = useState('');
  const [held, setHeld] = useState<number | string>(0);
  const percent = Number(held) || 0;
  const power = useQuery({
    queryKey: ['segments', segment, 'power', percent],
    queryFn: () => data(api.GET('/v1/segments/{segment}/power', { params: { path: { segment: segment ?? '' }, query: { hold_out_percent: percent } } })),
    enabled: segment !== null && member.trim() === '' && percent > 0,
  });
  const to = member.trim() === '' ? segment && { segment } : { member: member.trim() };
  return (
    <Ask
      opened
      close={close}
      title={t('messages.send')}
      confirm={t('messages.send')}
      ready={Boolean(template && channel && to)}
      said={t('messages.being_sent')}
      act={async () => {
        if (!template || !channel || !to) return;
        await data(api.POST('/v1/sends', { body: { template, channel, hold_out_percent: percent, ...to } }));
        await queries.invalidateQueries({ queryKey: ['sends'] });
      }}
    >
      <Select
        label={t('messages.template')}
        required
        data={(templates.data?.items ?? []).map((own) => ({ value: own.id, label: own.name }))}
        value={template}
        onChange={setTemplate}
      />
      <Select
        label={t('messages.channel')}
        required
        data={(templates.data?.channels ?? []).map((own) => ({ value: own, label: t(`messages.channels.${own}`) }))}
        value={channel}
        onChange={setChannel}
      />
      <Select
        label={t('messages.segment')}
        clearable
        data={(segments.data?.items ?? []).map((own) => ({ value: own.id, label: own.name }))}
        value={segment}
        onChange={setSegment}
      />
      <TextInput
        label={t('messages.member')}
        description={t('messages.member_why')}
        value={member}
        onChange={(event) => setMember(event.currentTarget.value)}
      />
      <NumberInput label={t('messages.hold_out')} description={t('messages.hold_out_why')} min={0} max={50} allowDecimal={false} value={held} onChange={setHeld} />
      {power.data && percent > 0 && to && 'segment' in to && <Power power={power.data} />}
    </Ask>
  );
}

function Templates() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const templates = useTemplates();
  const [writing, setWriting] = useState<TemplateOf | 'new' | null>(null);
  const [going, setGoing] = useState<TemplateOf | null>(null);
  return (
    <Shown of={templates} lines={6}>
      {({ items, fields, channels }) => (
        <>
          {may('program') && (
            <Group justify="flex-end" mb="md">
              <Button variant="default" onClick={() => setWriting('new')}>
                {t('messages.make')}
              </Button>
            </Group>
          )}
          {items.length === 0 ? (
            <Nothing title={t('messages.no_templates')}>{t('messages.no_templates_hint')}</Nothing>
          ) : (
            <Listing
              label={t('messages.templates')}
              rows={items}
              keyOf={(own) => own.id}
              columns={[
                {
                  head: t('messages.name'),
                  cell: (own) => (
                    <>
                      {own.name}
                      <Text size="xs" c="dimmed">
                        {own.id}
                      </Text>
                    </>
                  ),
                },
                { head: t('messages.languages'), cell: (own) => Object.keys(own.words).join(', ') },
                { head: t('messages.changed_at'), cell: (own) => format.moment(own.changed_at) },
                {
                  head: t('messages.change'),
                  cell: (own) =>
                    may('program') && (
                      <Group gap="xs">
                        <Button variant="default" size="xs" onClick={() => setWriting(own)} aria-label={`${t('messages.change')} ${own.name}`}>
                          {t('messages.change')}
                        </Button>
                        <Button variant="default" size="xs" onClick={() => setGoing(own)} aria-label={`${t('messages.delete')} ${own.name}`}>
                          {t('messages.delete')}
                        </Button>
                      </Group>
                    ),
                },
              ]}
            />
          )}
          {writing && <TemplateEditor template={writing === 'new' ? null : writing} fields={fields} channels={channels} close={() => setWriting(null)} />}
          <Ask
            opened={going !== null}
            close={() => setGoing(null)}
            title={t('messages.delete')}
            confirm={t('messages.delete')}
            danger
            said={t('messages.deleted')}
            act={async () => {
              if (going) await data(api.DELETE('/v1/templates/{template}', { params: { path: { template: going.id } } }));
              await queries.invalidateQueries({ queryKey: ['templates'] });
            }}
          >
            {t('messages.delete_why')}
          </Ask>
        </>
      )}
    </Shown>
  );
}

function Settings() {
  const settings = useQuery({ queryKey: ['message-settings'], queryFn: () => data(api.GET('/v1/message-settings')) });
  return <Shown of={settings}>{(found) => <SettingsShown settings={found} />}</Shown>;
}

function SettingsShown({ settings }: { settings: MessageSettingsOf }) {
  const { t } = useTranslation();
  const [changing, setChanging] = useState(false);
  const rows = [
    [t('messages.address'), settings.address || '–'],
    [t('messages.cap'), settings.cap_most === 0 ? '–' : t('messages.cap_said', { most: settings.cap_most, days: settings.cap_days })],
    [t('messages.quiet'), settings.quiet_from === '' ? '–' : `${settings.quiet_from} – ${settings.quiet_until}`],
    [t('messages.uncertain'), t(`messages.when_uncertain.${settings.when_uncertain}`)],
    [t('messages.consent'), settings.channels.email?.consent || '–'],
    [t('messages.confirm'), settings.channels.email?.confirm ? t('messages.confirm_yes') : '–'],
  ];
  return (
    <Stack>
      <Listing
        label={t('messages.settings')}
        rows={rows}
        keyOf={([name]) => name ?? ''}
        width={360}
        columns={[
          { head: t('messages.setting'), cell: ([name]) => name },
          { head: t('messages.value'), cell: ([, value]) => value },
        ]}
      />
      <Group>
        <Button variant="default" onClick={() => setChanging(true)}>
          {t('messages.change')}
        </Button>
      </Group>
      {changing && <Change settings={settings} close={() => setChanging(false)} />}
    </Stack>
  );
}

function Change({ settings, close }: { settings: MessageSettingsOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [next, setNext] = useState(settings);
  const set = (part: Partial<MessageSettingsOf>) => setNext((before) => ({ ...before, ...part }));
  const email = next.channels.email ?? { consent: '', url: '' };
  return (
    <Ask
      opened
      close={close}
      title={t('messages.settings')}
      confirm={t('messages.save')}
      said={t('messages.saved')}
      act={async () => {
        // A secret is shown and never sent.
        const channels = Object.fromEntries(Object.entries(next.channels).map(([name, own]) => [name, { consent: own.consent, confirm: own.confirm ?? false, url: own.url ?? '' }]));
        await data(api.PUT('/v1/message-settings', { body: { ...next, channels } }));
        await queries.invalidateQueries({ queryKey: ['message-settings'] });
      }}
    >
      <TextInput label={t('messages.address')} description={t('messages.address_why')} value={next.address} onChange={(event) => set({ address: event.currentTarget.value })} />
      <TextInput
        label={t('messages.consent')}
        description={t('messages.consent_why')}
        value={email.consent}
        onChange={(event) => set({ channels: { ...next.channels, email: { ...email, consent: event.currentTarget.value } } })}
      />
      <Checkbox
        label={t('messages.confirm')}
        description={t('messages.confirm_why')}
        checked={email.confirm ?? false}
        onChange={(event) => set({ channels: { ...next.channels, email: { ...email, confirm: event.currentTarget.checked } } })}
      />
      <Group grow>
        <NumberInput label={t('messages.cap_most')} min={0} max={1000} value={next.cap_most} onChange={(value) => set({ cap_most: Number(value) || 0 })} />
        <NumberInput label={t('messages.cap_days')} min={1} max={90} value={next.cap_days} onChange={(value) => set({ cap_days: Number(value) || 1 })} />
      </Group>
      <Group grow>
        <TextInput label={t('messages.quiet_from')} value={next.quiet_from} onChange={(event) => set({ quiet_from: event.currentTarget.value })} />
        <TextInput label={t('messages.quiet_until')} value={next.quiet_until} onChange={(event) => set({ quiet_until: event.currentTarget.value })} />
      </Group>
      <Select
        label={t('messages.uncertain')}
        allowDeselect={false}
        data={['leave', 'again'].map((own) => ({ value: own, label: t(`messages.when_uncertain.${own}`) }))}
        value={next.when_uncertain}
        onChange={(value) => set({ when_uncertain: value ?? 'leave' })}
      />
    </Ask>
  );
}
