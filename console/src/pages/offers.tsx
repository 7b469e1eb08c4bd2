// Sets of personal offers: those that there are, and a new one.
import { Badge, Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type OfferSetOf } from '../api/client';
import { useSession } from '../api/session';
import { useFormat } from '../parts/format';
import { PageLink } from '../parts/link';
import { Listing, Nothing } from '../parts/listing';
import { OfferSetEditor } from '../parts/offer-set';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/offers')({ component: OffersPage });

function OffersPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [making, setMaking] = useState(false);
  const sets = useQuery({ queryKey: ['offer-sets'], queryFn: () => data(api.GET('/v1/offer-sets')) });
  return (
    <>
      <PageHead title={t('offers.title')} sub={t('offers.sub')}>
        {may('program') && (
          <Button variant="default" onClick={() => setMaking(true)}>
            {t('offers.make')}
          </Button>
        )}
      </PageHead>
      <Shown of={sets} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing title={t('offers.none')}>{t('offers.none_hint')}</Nothing>
          ) : (
            <Listing
              label={t('offers.title')}
              rows={items}
              keyOf={(own) => own.id}
              columns={[
                { head: t('offers.name'), cell: (own) => <Name set={own} /> },
                {
                  head: t('offers.state'),
                  cell: (own) => (
                    <Badge variant={own.set.live ? 'filled' : 'default'} color="teal.9" radius="sm" tt="none">
                      {t(own.set.live ? 'offers.is_live' : 'offers.is_over')}
                    </Badge>
                  ),
                },
                { head: t('offers.count'), right: true, cell: (own) => format.number(own.set.offers.length) },
                { head: t('offers.days'), right: true, cell: (own) => format.number(own.set.days) },
                { head: t('offers.hold_out'), right: true, cell: (own) => format.number(own.set.hold_out ?? 0) },
                { head: t('messages.changed_at'), cell: (own) => format.day(own.changed_at) },
              ]}
            />
          )
        }
      </Shown>
      {making && <OfferSetEditor set={null} close={() => setMaking(false)} />}
    </>
  );
}

function Name({ set }: { set: OfferSetOf }) {
  const { t } = useTranslation();
  return (
    <>
      <PageLink to="/offers/$set" params={{ set: set.id }} fw={600}>
        {set.set.name}
      </PageLink>
      <Text size="xs" c="dimmed">
        {set.id}
      </Text>
      {(set.faults ?? []).length > 0 && <Text size="sm">{t('offers.broken')}</Text>}
    </>
  );
}
