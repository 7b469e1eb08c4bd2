// One set of offers: what was shown, taken and brought, what was missed, and what other ways would have earned.
import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type OfferSetFiguresOf, type OfferSetOf } from '../api/client';
import { useSession } from '../api/session';
import { useFormat } from '../parts/format';
import { Lift } from '../parts/lift';
import { Listing } from '../parts/listing';
import { OfferSetEditor } from '../parts/offer-set';
import { PageHead, Shown } from '../parts/state';
import { useFigures } from './insight/format';

export const Route = createLazyRoute('/shell/offers/$set')({ component: OfferSetPage });

function OfferSetPage() {
  const { set } = Route.useParams();
  const one = useQuery({ queryKey: ['offer-sets', set], queryFn: () => data(api.GET('/v1/offer-sets/{set}', { params: { path: { set } } })) });
  return <Shown of={one}>{(found) => <Whole set={found} />}</Shown>;
}

function Whole({ set }: { set: OfferSetOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const [editing, setEditing] = useState(false);
  const faults = set.faults ?? [];
  const figures = useQuery({
    queryKey: ['offer-sets', set.id, 'figures'],
    queryFn: () => data(api.GET('/v1/offer-sets/{set}/figures', { params: { path: { set: set.id } } })),
    refetchInterval: 10_000,
  });
  return (
    <>
      <PageHead title={set.set.name} sub={t(set.set.live ? 'offers.is_live' : 'offers.is_over')}>
        {may('program') && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {t('offers.change')}
          </Button>
        )}
      </PageHead>
      <Stack gap="lg">
        {faults.length > 0 && (
          <Paper withBorder p="lg">
            <Text fw={600}>{t('offers.broken')}</Text>
            {faults.map((it) => (
              <Text key={it.pointer + it.detail} size="sm" lang="en">{`${it.pointer} ${it.detail}`}</Text>
            ))}
          </Paper>
        )}
        <Shown of={figures} lines={8}>
          {(own) => <Figures set={set} figures={own} />}
        </Shown>
        <Lift name={['offer-sets', set.id]} ask={(query) => data(api.GET('/v1/offer-sets/{set}/lift', { params: { path: { set: set.id }, query } }))} />
      </Stack>
      {editing && <OfferSetEditor set={set} close={() => setEditing(false)} />}
    </>
  );
}

function Part({ title, sub, children }: { title: string; sub?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h5" id={id} mb={sub ? 0 : 'xs'}>
        {title}
      </Title>
      {sub && (
        <Text size="sm" c="dimmed" mb="xs">
          {sub}
        </Text>
      )}
      {children}
    </section>
  );
}

function Figures({ set, figures }: { set: OfferSetOf; figures: OfferSetFiguresOf }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const money = useFigures(figures.currency, figures.decimals);
  const amount = (whole: string | number) => money.money(Number(whole) * 10 ** figures.decimals);
  const titled = (id: string) => {
    const title = set.set.offers.find((own) => own.id === id)?.title ?? {};
    return title[i18n.language] ?? title[set.set.language] ?? id;
  };
  return (
    <>
      <Part title={t('offers.sums')} sub={t('offers.sums_why', { shown: format.number(figures.shown), held: format.number(figures.held_out), drawn: amount(figures.drawn), budget: amount(figures.budget) })}>
        <Listing
          label={t('offers.sums')}
          rows={figures.offers}
          keyOf={(own) => own.offer}
          columns={[
            { head: t('offers.says'), cell: (own) => titled(own.offer) },
            { head: t('offers.shown'), right: true, cell: (own) => format.number(own.shown) },
            { head: t('offers.taken'), right: true, cell: (own) => format.number(own.taken) },
            { head: t('offers.over'), right: true, cell: (own) => format.number(own.over) },
            { head: t('offers.brought'), right: true, cell: (own) => format.number(own.brought) },
            { head: t('offers.spent'), right: true, cell: (own) => amount(own.spent) },
          ]}
        />
      </Part>
      {figures.known.length > 0 && (
        <Part title={t('offers.known')} sub={t('offers.known_why')}>
          <Listing
            label={t('offers.known')}
            rows={figures.known}
            keyOf={(own) => `${own.cell}/${own.offer}`}
            width={480}
            columns={[
              { head: t('offers.among'), cell: (own) => own.cell || t('offers.others') },
              { head: t('offers.says'), cell: (own) => titled(own.offer) },
              { head: t('offers.brought'), right: true, cell: (own) => format.number(own.brought) },
              { head: t('offers.did_not'), right: true, cell: (own) => format.number(own.did_not) },
              { head: t('offers.chance'), right: true, cell: (own) => money.share(own.chance / 1_000_000) },
            ]}
          />
        </Part>
      )}
      <Part title={t('offers.replay')} sub={t('offers.replay_why')}>
        {figures.regret && (
          <Text size="sm" mb="xs">
            {t('offers.regret', { choices: format.number(figures.regret.choices), own: money.money(figures.regret.own), even: money.money(figures.regret.even) })}
          </Text>
        )}
        <Listing
          label={t('offers.replay')}
          rows={figures.replay}
          keyOf={(own) => `${own.way} ${own.offer ?? ''}`}
          width={480}
          columns={[
            { head: t('offers.way'), cell: (own) => t(`offers.ways.${own.way}`, { offer: titled(own.offer ?? '') }) },
            { head: t('offers.each'), right: true, cell: (own) => (own.each === undefined || own.each === null ? t(`offers.refusals.${own.no_answer}_why`) : money.money(own.each)) },
            { head: t('offers.error'), right: true, cell: (own) => (own.error === undefined || own.error === null ? '–' : `± ${money.money(own.error)}`) },
            { head: t('offers.effective'), right: true, cell: (own) => (own.effective === undefined || own.effective === null ? '–' : format.number(Math.round(own.effective))) },
          ]}
        />
      </Part>
    </>
  );
}
