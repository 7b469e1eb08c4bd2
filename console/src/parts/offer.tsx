// A part of the program by its title; what the program says of it opens with a click.
import { Anchor, List, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Budget, Offer } from '../api/client';
import { Dialogue } from './dialogue';
import { useFormat } from './format';

export function OfferTitle({ offer }: { offer: Offer }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Anchor component="button" type="button" onClick={open} c="bright" underline="always" fw={600} ta="left" inherit>
        {offer.title}
      </Anchor>
      <Text size="xs" c="dimmed">
        {offer.id}
      </Text>
      <Dialogue opened={opened} onClose={close} title={offer.title}>
        <List size="sm">
          {offer.says.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      </Dialogue>
    </>
  );
}

/** From when until when something counts. */
export function When({ offer }: { offer: Offer }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!offer.from && !offer.until) return <Text size="sm">{t('offer.always')}</Text>;
  return (
    <Text size="sm">
      {[offer.from && t('offer.from', { day: format.day(offer.from) }), offer.until && t('offer.until', { day: format.moment(offer.until) })]
        .filter(Boolean)
        .join(' ')}
    </Text>
  );
}

/** How far limits that all members share have come. */
function Limits({ limits }: { limits: Budget[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {limits.map((limit) => (
        <Text size="sm" key={`${limit.points}${limit.most}`}>
          {t('offer.limit', { used: format.number(limit.used), most: format.number(limit.most), points: limit.points ?? t('home.times') })}
        </Text>
      ))}
    </>
  );
}

/** When something counts, and how far its limits have come. */
export function Counts({ offer }: { offer: Offer & { limits?: Budget[] } }) {
  return (
    <>
      <When offer={offer} />
      <Limits limits={offer.limits ?? []} />
    </>
  );
}
