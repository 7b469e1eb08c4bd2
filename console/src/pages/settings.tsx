// Settings: who may do what, with which keys, how the shop looks, and who did what.
import { Tabs } from '@mantine/core';
import { createLazyRoute, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session';
import { Empty, PageHead } from '../parts/state';
import { AuditPart } from './settings/audit';
import { ConnectorsPart } from './settings/connectors';
import { KeysPart } from './settings/keys';
import { PeoplePart } from './settings/people';
import { PrivacyPart } from './settings/privacy';
import { RolesPart } from './settings/roles';
import { ShopPart } from './settings/shop';
import { WebhooksPart } from './settings/webhooks';

const PARTS = { people: PeoplePart, roles: RolesPart, keys: KeysPart, webhooks: WebhooksPart, connectors: ConnectorsPart, shop: ShopPart, privacy: PrivacyPart, audit: AuditPart } as const;

export const Route = createLazyRoute('/shell/settings')({ component: SettingsPage });

function SettingsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const { of = 'people' } = useSearch({ from: '/shell/settings' });
  const navigate = useNavigate();
  const Part = PARTS[of as keyof typeof PARTS] ?? PeoplePart;
  return (
    <>
      <PageHead title={t('settings.title')} sub={t('settings.sub')} />
      {may('admin') ? (
        <Tabs value={of in PARTS ? of : 'people'} onChange={(next) => void navigate({ to: '/settings', search: next ? { of: next } : {} })}>
          <Tabs.List mb="lg" aria-label={t('settings.title')}>
            {Object.keys(PARTS).map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`settings.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={of in PARTS ? of : 'people'}>
            <Part />
          </Tabs.Panel>
        </Tabs>
      ) : (
        <Empty title={t('settings.not_yours')} />
      )}
    </>
  );
}
