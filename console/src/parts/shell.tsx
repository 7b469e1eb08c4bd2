// What is around every page: where one is, who one is, how it looks.
import { ActionIcon, AppShell, Avatar, Burger, Group, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Navigate, Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { type MouseEvent, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Scope } from '../api/client';
import { useSession } from '../api/session';
import { keepLanguage, type Language, LANGUAGES, setLanguage } from '../words';
import { Icon, type IconName } from './icon';
import { SandboxBanner } from './sandbox';

const PAGES: { to: string; name: string; icon: IconName; scope?: Scope }[] = [
  { to: '/', name: 'nav.home', icon: 'home' },
  { to: '/members', name: 'nav.members', icon: 'people' },
  { to: '/groups', name: 'nav.groups', icon: 'house' },
  { to: '/segments', name: 'nav.segments', icon: 'filter' },
  { to: '/journeys', name: 'nav.journeys', icon: 'route' },
  { to: '/advocates', name: 'nav.advocates', icon: 'trophy' },
  { to: '/offers', name: 'nav.offers', icon: 'star' },
  { to: '/messages', name: 'nav.messages', icon: 'letter' },
  { to: '/surveys', name: 'nav.surveys', icon: 'help' },
  { to: '/cases', name: 'nav.cases', icon: 'check' },
  { to: '/products', name: 'nav.products', icon: 'box' },
  { to: '/rewards', name: 'nav.rewards', icon: 'gift' },
  { to: '/coupons', name: 'nav.coupons', icon: 'ticket' },
  { to: '/cards', name: 'nav.cards', icon: 'card' },
  { to: '/memberships', name: 'nav.memberships', icon: 'card' },
  { to: '/games', name: 'nav.games', icon: 'trophy' },
  { to: '/partners', name: 'nav.partners', icon: 'link' },
  { to: '/program', name: 'nav.program', icon: 'file' },
  { to: '/insight', name: 'nav.insight', icon: 'chart' },
  { to: '/reviews', name: 'nav.reviews', icon: 'check' },
  { to: '/till', name: 'nav.till', icon: 'till', scope: 'till' },
  { to: '/settings', name: 'nav.settings', icon: 'sliders', scope: 'admin' },
];

/** A page in the list at the side. Twenty of them are drawn before anything else is: no more than a link each. */
function Place({ to, icon, name, here, gone }: { to: string; icon: IconName; name: string; here: boolean; gone: () => void }) {
  const router = useRouter();
  const go = (event: MouseEvent) => {
    gone();
    // A new window, or what else the browser makes of it, is its own affair.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void router.navigate({ to });
  };
  return (
    <a href={`/console${to}`} className="nav" aria-current={here ? 'page' : undefined} onClick={go} onPointerEnter={() => void router.preloadRoute({ to })}>
      <Icon name={icon} />
      {name}
    </a>
  );
}

export function Shell() {
  const { t, i18n } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const { session, signOut, may } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // Whoever may only sell sees the till alone.
  const sellsOnly = !may('read') && may('till');
  useEffect(() => {
    const offered = session?.languages ?? [];
    if (session && !offered.includes(i18n.language)) void setLanguage(session.language as Language);
  }, [session, i18n.language]);
  const here = (to: string) => path === to || (to !== '/' && path.startsWith(`${to}/`));
  if (sellsOnly) return <Navigate to="/till" replace />;
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <AppShell.Header style={session?.colour ? { borderBottom: `3px solid ${session.colour}` } : undefined}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('nav.menu')} aria-expanded={opened} />
            <img src={session?.logo || '/console/icon.svg'} height={28} alt="" />
            <Text fw={700}>Regulars</Text>
            <Text c="dimmed" size="sm" visibleFrom="xs" truncate>
              {session?.tenant_name}
            </Text>
          </Group>
          <Group gap={4} wrap="nowrap">
            <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('nav.language')}>
                  <Icon name="globe" />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {Object.entries(LANGUAGES).filter(([tag]) => session?.languages.includes(tag) ?? true).map(([tag, name]) => (
                  <Menu.Item key={tag} lang={tag} fw={i18n.language === tag ? 700 : 400} onClick={() => void keepLanguage(tag as Language)}>
                    {name}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('nav.look')}>
                  <Icon name={colorScheme === 'dark' ? 'moon' : 'sun'} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {(['light', 'dark', 'auto'] as const).map((look) => (
                  <Menu.Item key={look} fw={colorScheme === look ? 700 : 400} onClick={() => setColorScheme(look)}>
                    {t(`look.${look}`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
            <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
              <Menu.Target>
                <UnstyledButton aria-label={t('nav.account', { name: session?.name ?? '' })} p={4}>
                  <Avatar size={30} radius="xl" color="teal" variant="filled" aria-hidden>
                    {(session?.name ?? '?').slice(0, 1).toUpperCase()}
                  </Avatar>
                </UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{session?.name}</Menu.Label>
                <Menu.Item component={Link} to="/oneself">
                  {t('nav.oneself')}
                </Menu.Item>
                <Menu.Item onClick={() => void signOut()}>{t('nav.sign_out')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('nav.pages')} style={{ overflowY: 'auto' }}>
        {PAGES.filter((page) => !page.scope || may(page.scope)).map((page) => (
          <Place key={page.to} to={page.to} icon={page.icon} name={t(page.name)} here={here(page.to)} gone={close} />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <div className="page">
          <SandboxBanner />
          {/* A page that shows the sandbox keeps nothing of it once what is live is shown, and the other way round. */}
          <Outlet key={session?.workspace} />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
