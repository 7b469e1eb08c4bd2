// Plastic cards: batches for a printer, and what stands about one card.
import { Badge, Button, Card, Group, NumberInput, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type PlasticCardOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { saveText } from '../parts/download';
import { useFormat } from '../parts/format';
import { Icon } from '../parts/icon';
import { Listing, Nothing } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Shown } from '../parts/state';
import { tell } from '../parts/tell';

export const Route = createLazyRoute('/shell/cards')({ component: CardsPage });

function CardsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { card = '' } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [typed, setTyped] = useState(card);
  const [making, setMaking] = useState(false);
  const batches = useQuery({ queryKey: ['card-batches'], queryFn: () => data(api.GET('/v1/card-batches')) });
  const numbers = async (batch: string) => {
    try {
      saveText(`cards-${batch}.csv`, await data(api.GET('/v1/card-batches/{batch}/cards.csv', { params: { path: { batch } }, parseAs: 'text' })));
    } catch (error) {
      tell(String((error as Error).message));
    }
  };
  return (
    <>
      <PageHead title={t('plastic.title')} sub={t('plastic.sub')}>
        {may('adjust') && (
          <Button color="teal.9" onClick={() => setMaking(true)}>
            {t('plastic.make')}
          </Button>
        )}
      </PageHead>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ search: { card: typed.trim() || undefined } });
        }}
      >
        <Group mb="md" align="end">
          <TextInput
            type="search"
            label={t('plastic.find')}
            description={t('plastic.find_how')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            leftSection={<Icon name="search" />}
          />
          <Button type="submit" color="teal.9">
            {t('plastic.look')}
          </Button>
        </Group>
      </form>
      {card && <OneCard key={card} number={card} />}
      <Shown of={batches} lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t('plastic.none')}>{t('plastic.none_hint')}</Nothing>
          ) : (
            <Listing
              label={t('plastic.batches')}
              rows={items}
              keyOf={(own) => own.batch}
              width={720}
              columns={[
                { head: t('plastic.batch'), cell: (own) => own.batch },
                { head: t('plastic.made'), cell: (own) => format.day(own.made_at) },
                { head: t('plastic.states.blank'), right: true, cell: (own) => format.number(own.blank) },
                { head: t('plastic.states.active'), right: true, cell: (own) => format.number(own.active) },
                { head: t('plastic.states.ended'), right: true, cell: (own) => format.number(own.ended) },
                {
                  head: t('list.do'),
                  cell: (own) =>
                    may('adjust') && (
                      <Button size="xs" variant="default" onClick={() => void numbers(own.batch)} aria-label={`${t('plastic.numbers')}: ${own.batch}`}>
                        {t('plastic.numbers')}
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {making && <Make close={() => setMaking(false)} />}
    </>
  );
}

function Make({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [batch, setBatch] = useState('');
  const [prefix, setPrefix] = useState('');
  const [digits, setDigits] = useState<string | number>(16);
  const [count, setCount] = useState<string | number>(1000);
  return (
    <Ask
      opened
      close={close}
      title={t('plastic.make')}
      confirm={t('plastic.make')}
      ready={batch !== '' && Number(digits) > 0 && Number(count) > 0}
      said={t('plastic.make_said')}
      act={async () => {
        await data(api.POST('/v1/card-batches', { body: { batch, prefix, digits: Number(digits), count: Number(count) } }));
        await queries.invalidateQueries({ queryKey: ['card-batches'] });
      }}
    >
      {(fault) => (
        <Stack>
          <TextInput label={t('plastic.batch')} description={t('plastic.batch_how')} required value={batch} onChange={(event) => setBatch(event.currentTarget.value)} error={fault('/batch')} />
          <TextInput label={t('plastic.prefix')} inputMode="numeric" value={prefix} onChange={(event) => setPrefix(event.currentTarget.value)} error={fault('/prefix')} />
          <NumberInput label={t('plastic.digits')} description={t('plastic.digits_how')} required min={8} max={19} allowDecimal={false} value={digits} onChange={setDigits} error={fault('/digits')} />
          <NumberInput label={t('plastic.count')} required min={1} max={100_000} allowDecimal={false} value={count} onChange={setCount} error={fault('/count')} />
        </Stack>
      )}
    </Ask>
  );
}

function OneCard({ number }: { number: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [doing, setDoing] = useState<'activate' | 'replace' | null>(null);
  const asked = useQuery({
    queryKey: ['card', number],
    queryFn: () => data(api.GET('/v1/member-cards/{number}', { params: { path: { number } } })),
    retry: false,
  });
  return (
    <Card withBorder mb="lg" component="section" aria-label={t('plastic.card_is', { card: number })}>
      <Shown of={asked} lines={2}>
        {(own) => (
          <Group justify="space-between">
            <Group gap="sm">
              <Title order={2} size="h4" className="code">
                {own.number}
              </Title>
              <Badge variant={own.state === 'active' ? 'light' : 'default'} color="teal" c="bright" tt="none">
                {t(`plastic.states.${own.state}`)}
              </Badge>
              <Text size="sm">{t('plastic.since', { at: format.moment(own.since) })}</Text>
              {own.next && <Text size="sm">{t('plastic.next', { card: own.next })}</Text>}
              {own.member && <MemberLink id={own.member} />}
            </Group>
            <Group gap="xs">
              {may('till') && own.state === 'blank' && (
                <Button variant="default" size="xs" onClick={() => setDoing('activate')}>
                  {t('plastic.activate')}
                </Button>
              )}
              {may('adjust') && own.state === 'active' && (
                <Button variant="default" size="xs" onClick={() => setDoing('replace')}>
                  {t('plastic.replace')}
                </Button>
              )}
            </Group>
            {doing === 'activate' && <Activate own={own} close={() => setDoing(null)} />}
            {doing === 'replace' && <Replace own={own} close={() => setDoing(null)} />}
          </Group>
        )}
      </Shown>
    </Card>
  );
}

function Activate({ own, close }: { own: PlasticCardOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [kind, setKind] = useState('email');
  const [value, setValue] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('plastic.activate')}
      confirm={t('plastic.activate')}
      ready={value.trim() !== ''}
      said={t('plastic.activate_said')}
      act={async () => {
        const member = kind === 'id' ? value.trim() : `${kind}:${value.trim()}`;
        await data(api.POST('/v1/member-cards/{number}/activate', { params: { path: { number: own.number } }, body: { member } }));
        await queries.invalidateQueries({ queryKey: ['card'] });
        await queries.invalidateQueries({ queryKey: ['card-batches'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Select
            label={t('plastic.known_by')}
            data={['email', 'phone', 'customer', 'id'].map((kind) => ({ value: kind, label: t(`plastic.by.${kind}`) }))}
            value={kind}
            onChange={(kind) => setKind(kind ?? 'email')}
            allowDeselect={false}
          />
          <TextInput label={t('list.member')} required value={value} onChange={(event) => setValue(event.currentTarget.value)} error={fault('/member')} />
        </Stack>
      )}
    </Ask>
  );
}

function Replace({ own, close }: { own: PlasticCardOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [by, setBy] = useState('');
  return (
    <Ask
      opened
      close={close}
      title={t('plastic.replace')}
      confirm={t('plastic.replace')}
      danger
      needsReason
      said={t('plastic.replace_said')}
      act={async (reason) => {
        await data(api.POST('/v1/member-cards/{number}/replace', { params: { path: { number: own.number } }, body: { reason, ...(by.trim() ? { by: by.trim() } : {}) } }));
        await queries.invalidateQueries({ queryKey: ['card'] });
        await queries.invalidateQueries({ queryKey: ['card-batches'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t('plastic.replace_words')}</Text>
          <TextInput label={t('plastic.by_card')} description={t('plastic.by_card_how')} value={by} onChange={(event) => setBy(event.currentTarget.value)} error={fault('/by')} />
        </Stack>
      )}
    </Ask>
  );
}
