// API keys: made (and shown once), listed, revoked.
import { Badge, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type ApiKey, data, type Scope } from '../../api/client';
import { Ask } from '../../parts/ask';
import { useFormat } from '../../parts/format';
import { Empty, Shown } from '../../parts/state';
import { Once } from './once';
import { Scopes } from './roles';
import { Listing, Named } from '../../parts/listing';

const DAY = 24 * 3600 * 1000;

export function KeysPart() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => data(api.GET('/v1/keys')) });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<ApiKey | null>(null);
  const [ending, setEnding] = useState<ApiKey | null>(null);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const [hours, setHours] = useState<number | string>(24);
  const state = (key: ApiKey) =>
    key.revoked_at ? 'revoked' : key.expires_at && new Date(key.expires_at) <= new Date() ? 'expired' : 'good';
  return (
    <>
      {made?.secret && <Once title={t('keys.made_title', { name: made.name })} words={t('keys.made_words')} secret={made.secret} done={() => setMade(null)} />}
      <Group justify="flex-end" mb="md">
        <Button color="teal.9" onClick={() => setMaking(true)}>
          {t('keys.new')}
        </Button>
      </Group>
      <Shown of={keys}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('keys.none')} />
          ) : (
            <Listing
              label={t('settings.keys')}
              rows={items}
              keyOf={(key) => key.id}
              width={820}
              columns={[
                { head: t('keys.name'), cell: (key) => <Named name={key.name} below={[key.id, key.partner, key.store, key.rate].filter(Boolean).join(' · ')} /> },
                { head: t('keys.may'), cell: (key) => key.scopes.map((scope) => t(`scope_short.${scope}`)).join(', ') },
                {
                  head: t('keys.state'),
                  cell: (key) => (
                    <Badge color={state(key) === 'good' ? 'teal.9' : 'gray.7'} variant="filled" tt="none">
                      {t(`keys.${state(key)}`)}
                    </Badge>
                  ),
                },
                { head: t('keys.used'), cell: (key) => (key.used_at ? format.day(key.used_at) : '–') },
                { head: t('keys.expires'), cell: (key) => (key.expires_at ? format.day(key.expires_at) : '–') },
                {
                  head: t('keys.do'),
                  cell: (key) =>
                    !key.revoked_at && (
                      <Group gap={6} wrap="nowrap">
                        {state(key) === 'good' && (
                          <Button size="xs" variant="default" aria-label={t('keys.rotate_this', { name: key.name })} onClick={() => setRotating(key)}>
                            {t('keys.rotate')}
                          </Button>
                        )}
                        <Button size="xs" variant="default" aria-label={t('keys.revoke_this', { name: key.name })} onClick={() => setEnding(key)}>
                          {t('keys.revoke')}
                        </Button>
                      </Group>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {making && <Make close={() => setMaking(false)} made={setMade} />}
      <Ask
        opened={rotating !== null}
        close={() => setRotating(null)}
        title={t('keys.rotate_this', { name: rotating?.name ?? '' })}
        confirm={t('keys.rotate_do')}
        said={t('keys.made_said')}
        act={async () => {
          setMade(await data(api.POST('/v1/keys/{key}/rotate', { params: { path: { key: rotating?.id ?? '' } }, body: { overlap_hours: Number(hours) } })));
          await queries.invalidateQueries({ queryKey: ['keys'] });
        }}
      >
        <Stack>
          <Text size="sm">{t('keys.rotate_words')}</Text>
          <NumberInput label={t('keys.overlap')} min={0} max={720} allowDecimal={false} value={hours} onChange={setHours} />
        </Stack>
      </Ask>
      <Ask
        opened={ending !== null}
        close={() => setEnding(null)}
        title={t('keys.revoke_this', { name: ending?.name ?? '' })}
        confirm={t('keys.revoke')}
        danger
        said={t('keys.revoked_said')}
        act={async () => {
          await data(api.DELETE('/v1/keys/{key}', { params: { path: { key: ending?.id ?? '' } } }));
          await queries.invalidateQueries({ queryKey: ['keys'] });
        }}
      >
        {t('keys.revoke_words')}
      </Ask>
    </>
  );
}

function Make({ close, made }: { close: () => void; made: (key: ApiKey) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['read']);
  const [days, setDays] = useState('365');
  const [store, setStore] = useState('');
  const [rate, setRate] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('keys.new')}
      confirm={t('keys.make')}
      ready={!!name.trim() && scopes.length > 0}
      said={t('keys.made_said')}
      act={async () => {
        const ends = days === '0' ? {} : { expires_at: new Date(Date.now() + Number(days) * DAY).toISOString() };
        made(await data(api.POST('/v1/keys', { body: { name, scopes: scopes as Scope[], ...ends, ...(store.trim() ? { store: store.trim() } : {}), ...(rate.trim() ? { rate: rate.trim() } : {}) } })));
        await queries.invalidateQueries({ queryKey: ['keys'] });
      }}
    >
      <Stack>
        <TextInput label={t('keys.name')} description={t('keys.name_how')} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Scopes value={scopes} onChange={setScopes} />
        <Select
          label={t('keys.lasts')}
          value={days}
          onChange={(next) => setDays(next ?? '365')}
          allowDeselect={false}
          data={['30', '90', '365', '0'].map((value) => ({ value, label: value === '0' ? t('keys.for_ever') : t('keys.days', { days: value }) }))}
        />
        <TextInput label={t('keys.store')} description={t('keys.store_how')} value={store} onChange={(event) => setStore(event.currentTarget.value)} />
        <TextInput label={t('keys.rate')} description={t('keys.rate_how')} placeholder="100/200" value={rate} onChange={(event) => setRate(event.currentTarget.value)} />
      </Stack>
    </Ask>
  );
}
