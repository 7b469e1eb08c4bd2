// Those against whom something speaks, with the reasons in words and figures. Somebody says that nothing was wrong, or
// takes back what was given wrongly: one by one, or for all that were picked.
import { Badge, Button, Card, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SignOf, type SuspicionOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { useFormat } from './format';
import { Only, Paged, usePicked } from './listing';
import { MemberLink } from './member-link';
import { Problem, Shown } from './state';
import { SuspicionRules } from './suspicion-rules';
import { tell } from './tell';

const STATES = ['open', 'cleared', 'reversed'];
const SUSPECTS = ['member', 'seller', 'store', 'agent', 'caller'];
export const SIGNS = [
  'shared_mark',
  'duplicate',
  'ring',
  'idle_friends',
  'fan_in',
  'laundering',
  'owing',
  'same_seller',
  'own_points',
  'same_members',
  'new_device',
  'new_contact',
  'guesses',
];

type Ruling = 'clear' | 'reverse';

export function Suspicions({ state, sign, suspect }: { state: string; sign: string | undefined; suspect: string | undefined }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const picking = usePicked();
  const [ruling, setRuling] = useState<Ruling | null>(null);
  const [setting, setSetting] = useState(false);
  const filters = { ...(sign ? { sign } : {}), ...(suspect ? { suspect } : {}) };
  const go = (next: Record<string, string | undefined>) => {
    const search = { state, sign, suspect, ...next };
    picking.clear();
    void navigate({
      to: '/reviews',
      search: {
        of: 'suspicions',
        ...(search.state && search.state !== 'open' ? { state: search.state } : {}),
        ...(search.sign ? { sign: search.sign } : {}),
        ...(search.suspect ? { suspect: search.suspect } : {}),
      },
    });
  };
  const suspicions = useInfiniteQuery({
    queryKey: ['queue', 'suspicions', state, sign ?? '', suspect ?? ''],
    queryFn: ({ pageParam }) =>
      data(api.GET('/v1/suspicions', { params: { query: { state, limit: 25, ...filters, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const finding = useMutation({
    mutationFn: () => data(api.POST('/v1/suspicions/find')),
    onSuccess: async ({ opened }) => {
      await queries.invalidateQueries({ queryKey: ['queue', 'suspicions'] });
      tell(t('suspicions.found', { count: opened }));
    },
  });
  const decides = may('adjust') && state === 'open';
  const picked = [...picking.picked];
  return (
    <>
      <Group mb="md" justify="space-between" align="flex-end">
        <Group align="flex-end">
          <Select
            label={t('list.state')}
            data={STATES.map((value) => ({ value, label: t(`suspicions.state.${value}`) }))}
            value={state}
            allowDeselect={false}
            onChange={(next) => go({ state: next ?? 'open' })}
          />
          <Only
            label={t('suspicions.sign')}
            data={['pace', ...SIGNS].map((value) => ({ value, label: t(`suspicions.kind.${value}`) }))}
            value={sign}
            change={(next) => go({ sign: next })}
          />
          <Only
            label={t('suspicions.against')}
            data={SUSPECTS.map((value) => ({ value, label: t(`suspicions.suspect.${value}`) }))}
            value={suspect}
            change={(next) => go({ suspect: next })}
          />
        </Group>
        <Group>
          {may('program') && (
            <Button variant="default" onClick={() => setSetting(true)}>
              {t('suspicions.rules')}
            </Button>
          )}
          {decides && (
            <Button variant="default" loading={finding.isPending} onClick={() => finding.mutate()}>
              {t('suspicions.find')}
            </Button>
          )}
        </Group>
      </Group>
      {setting && <SuspicionRules close={() => setSetting(false)} />}
      {finding.error && <Problem error={finding.error} />}
      {picked.length > 0 && (
        <Group mb="md" role="group" aria-label={t('suspicions.picked', { count: picked.length })}>
          <Text size="sm">{t('suspicions.picked', { count: picked.length })}</Text>
          <Button variant="default" onClick={() => setRuling('clear')}>
            {t('suspicions.clear')}
          </Button>
          <Button color="red.8" onClick={() => setRuling('reverse')}>
            {t('suspicions.reverse')}
          </Button>
        </Group>
      )}
      <Paged of={suspicions} none={state === 'open' && !sign && !suspect ? t('reviews.no_suspicions') : t('list.none_fit')}>
        {(rows) => (
          <Stack>
            {rows.map((own) => (
              <One key={own.id} own={own} picking={decides ? picking : undefined} />
            ))}
          </Stack>
        )}
      </Paged>
      {ruling && <Rule ids={picked} ruling={ruling} title={t('suspicions.picked', { count: picked.length })} close={() => setRuling(null)} done={picking.clear} />}
    </>
  );
}

/** Against whom, in a word or two. */
function useNamed() {
  const { t } = useTranslation();
  // Who a member is stands below, by name.
  const who = (own: SuspicionOf) => (own.suspect === 'member' ? '' : ` ${own.suspect_name || own.suspect_id}`);
  return (own: SuspicionOf) => t('suspicions.head', { who: t(`suspicions.suspect.${own.suspect}`) + who(own), score: own.score });
}

function One({ own, picking }: { own: SuspicionOf; picking: ReturnType<typeof usePicked> | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const named = useNamed()(own);
  const [ruling, setRuling] = useState<Ruling | null>(null);
  return (
    <Card withBorder component="article" aria-label={`${named}, ${own.suspect_id}`}>
      <Group justify="space-between" align="flex-start">
        <Group align="flex-start" wrap="nowrap">
          {picking && (
            <Checkbox
              mt={4}
              checked={picking.picked.has(own.id)}
              onChange={(event) => picking.set([own.id], event.currentTarget.checked)}
              aria-label={t('list.pick', { name: `${named}, ${own.suspect_id}` })}
            />
          )}
          <div>
            <Group gap="xs">
              <Text fw={650}>{named}</Text>
              {own.held_at && own.state === 'open' && (
                <Badge color="red.8" variant="filled" tt="none">
                  {t('suspicions.on_hold', { at: format.moment(own.held_at) })}
                </Badge>
              )}
            </Group>
            {own.suspect === 'member' && (
              <Text size="sm">
                <MemberLink id={own.suspect_id} />
              </Text>
            )}
            <ul>
              {own.signs.map((sign) => (
                <li key={`${sign.sign} ${sign.of} ${sign.figures['minutes'] ?? ''}`}>
                  <Reason sign={sign} />
                </li>
              ))}
            </ul>
            {own.decided_at ? (
              <Text size="sm" c="dimmed">
                {t('awards.decided', { by: own.decided_by ?? '–', at: format.moment(own.decided_at) })}: {own.reason}
              </Text>
            ) : (
              <Text size="sm" c="dimmed">
                {t('suspicions.since', { at: format.moment(own.opened_at) })}
              </Text>
            )}
            <Takes taken={own.taken} />
          </div>
        </Group>
        {picking && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setRuling('clear')}>
              {t('suspicions.clear')}
            </Button>
            <Button color="red.8" onClick={() => setRuling('reverse')}>
              {t('suspicions.reverse')}
            </Button>
          </Group>
        )}
      </Group>
      {ruling && <Rule ids={[own.id]} ruling={ruling} title={named} close={() => setRuling(null)} done={() => picking?.set([own.id], false)} />}
    </Card>
  );
}

/** A reason, in the reader's language, with those who have to do with it. */
function Reason({ sign }: { sign: SignOf }) {
  const { t } = useTranslation();
  const [of = '', per = ''] = sign.of.split('.');
  const figures = sign.figures;
  const key = sign.sign === 'pace' ? `suspicions.pace.${of}` : `suspicions.reason.${sign.sign}`;
  const said = t(key, {
    ...figures,
    of: sign.sign === 'shared_mark' ? t(`suspicions.mark.${of}`, { defaultValue: of }) : sign.of,
    per: t(`suspicions.per.${per}`, { defaultValue: per }),
    // As any other sign of it is said: in words that this page does not have yet.
    defaultValue: sign.text,
  });
  return (
    <Text size="sm" component="span">
      {said}
      {sign.members.length > 0 && ' · '}
      {sign.members.slice(0, 5).map((member) => (
        <span key={member}>
          <MemberLink id={member} />{' '}
        </span>
      ))}
    </Text>
  );
}

function Takes({ taken }: { taken: SuspicionOf['taken'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return taken.map((own) => (
    <Text key={own.member + own.points} size="sm">
      {t(`suspicions.taken.${own.state}`, { amount: format.number(own.amount), given: format.number(own.given), points: own.points })}
      {Number(own.later) > 0 && ` · ${t('suspicions.later', { later: format.number(own.later) })}`}
    </Text>
  ));
}

/** Asks for the reason, and decides one after the other: each is an entry of the audit trail. */
function Rule({ ids, ruling, title, close, done }: { ids: string[]; ruling: Ruling; title: string; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [stays, setStays] = useState(false);
  const only = ids.length === 1 ? ids[0] : undefined;
  const one = useQuery({
    queryKey: ['suspicion', only],
    queryFn: () => data(api.GET('/v1/suspicions/{suspicion}', { params: { path: { suspicion: only ?? '' } } })),
    enabled: only !== undefined && ruling === 'reverse',
    staleTime: 0,
  });
  return (
    <Ask
      opened
      close={close}
      title={title}
      confirm={t(`suspicions.${ruling}`)}
      danger={ruling === 'reverse'}
      needsReason
      said={t(`suspicions.${ruling}_said`, { count: ids.length })}
      act={async (reason) => {
        try {
          for (const id of ids) {
            const params = { path: { suspicion: id } };
            await (ruling === 'clear'
              ? data(api.POST('/v1/suspicions/{suspicion}/clear', { params, body: { reason } }))
              : data(api.POST('/v1/suspicions/{suspicion}/reverse', { params, body: { reason, stays_on_hold: stays } })));
          }
          done();
          // As many as it was for: by now none of them is picked.
          return t(`suspicions.${ruling}_said`, { count: ids.length });
        } finally {
          await queries.invalidateQueries({ queryKey: ['queue'] });
          await queries.invalidateQueries({ queryKey: ['member'] });
        }
      }}
    >
      <Stack>
        <Text size="sm">{t(`suspicions.${ruling}_words`)}</Text>
        {ruling === 'reverse' && only && (
          <Shown of={one}>{({ taken }) => (taken.length > 0 ? <Takes taken={taken} /> : <Text size="sm">{t('suspicions.nothing_to_take')}</Text>)}</Shown>
        )}
        {ruling === 'reverse' && <Checkbox label={t('suspicions.stays')} checked={stays} onChange={(event) => setStays(event.currentTarget.checked)} />}
      </Stack>
    </Ask>
  );
}
