// What a member has beside points: membership, coupons, games, money, what is open to them.
import { Badge, Button, Card, Group, Progress, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Balance, data } from '../api/client';
import { Dialogue } from './dialogue';
import { useFormat } from './format';
import { Invoices } from './invoices';
import { PageLink } from './link';

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder mb="md" component="section" aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </Card>
  );
}

export function More({ member, balance }: { member: string; balance: Balance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { membership, group } = balance;
  const [bills, setBills] = useState(false);
  const codes = useQuery({
    queryKey: ['member', member, 'codes'],
    queryFn: () => data(api.GET('/v1/members/{member}/codes', { params: { path: { member } } })),
  });
  const open = useQuery({
    queryKey: ['member', member, 'entitlements'],
    queryFn: () => data(api.GET('/v1/members/{member}/entitlements', { params: { path: { member } } })),
  });
  const challenges = (balance.challenges ?? []).filter((own) => own.joined || own.met > 0 || own.steps.some((step) => step.counted > 0));
  const plays = (balance.plays ?? []).filter((own) => own.count > 0);
  const tickets = (balance.tickets ?? []).filter((own) => own.count > 0);
  const playful = challenges.length + plays.length + tickets.length + (balance.levels?.length ?? 0) + (balance.badges?.length ?? 0) > 0;
  return (
    <>
      {membership && (
        <Part title={t('member.membership')}>
          <Group gap="xs">
            <Text fw={650}>{membership.plan}</Text>
            <Badge variant={membership.status === 'overdue' ? 'filled' : 'default'} color={membership.status === 'overdue' ? 'red.8' : 'teal'} tt="none">
              {t(`plan_state.${membership.status}`)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" mb="xs">
            {t('member.membership_until', { from: format.day(membership.from), until: format.day(membership.until) })}
          </Text>
          <Button size="xs" variant="default" w="fit-content" onClick={() => setBills(true)}>
            {t('memberships.invoices')}
          </Button>
        </Part>
      )}
      {bills && (
        <Dialogue opened onClose={() => setBills(false)} title={t('memberships.invoices')} size="xl">
          <Invoices member={member} />
        </Dialogue>
      )}
      {group && (
        <Part title={t('member.group')}>
          <Text size="sm">
            <PageLink to="/groups/$group" params={{ group: group.group }}>
              {group.title || group.group}
            </PageLink>{' '}
            · {group.role}
          </Text>
          {group.points.map((points) => (
            <Text size="sm" key={points.points} className="numbers">
              {format.number(points.available)} {points.points}
            </Text>
          ))}
        </Part>
      )}
      {(balance.money ?? []).map((own) => (
        <Part key={own.account} title={t('member.store_credit')}>
          <div className="figure">{format.money(own.available, own.currency)}</div>
          {own.expiring.map((lot) => (
            <Text size="sm" key={lot.at} className="numbers">
              {format.day(lot.at)}: {format.money(lot.amount, own.currency)}
            </Text>
          ))}
        </Part>
      ))}
      {(codes.data?.items.length ?? 0) > 0 && (
        <Part title={t('member.codes')}>
          <ul className="plain-list">
            {codes.data?.items.map((code) => (
              <Text component="li" size="sm" key={code.code}>
                <PageLink to="/coupons" search={{ code: code.code }} className="code">
                  {code.code}
                </PageLink>{' '}
                · {code.coupon} · {t(`code.${code.status}`)}
              </Text>
            ))}
          </ul>
        </Part>
      )}
      {playful && (
        <Part title={t('member.games')}>
          {challenges.map((own) =>
            own.steps.map((step) => {
              const label = [own.title, step.title].filter((text, at, all) => text && all.indexOf(text) === at).join(': ');
              return (
                <div key={own.challenge + step.title}>
                  <Group justify="space-between" mt="xs" wrap="nowrap">
                    <Text size="sm">{label}</Text>
                    <Text size="sm" className="numbers">
                      {format.number(step.counted)} / {format.number(step.needed)}
                    </Text>
                  </Group>
                  <Progress value={Math.min(100, (step.counted / Math.max(1, step.needed)) * 100)} mt={4} color="teal.8" aria-label={label} />
                </div>
              );
            }),
          )}
          {(balance.levels?.length ?? 0) > 0 && (
            <Text size="sm" mt="xs">
              {t('member.levels')}: {balance.levels?.map((own) => own.title).join(', ')}
            </Text>
          )}
          {(balance.badges?.length ?? 0) > 0 && (
            <Text size="sm" mt="xs">
              {t('member.badges')}: {balance.badges?.map((own) => `${own.title} (${format.day(own.given_at)})`).join(', ')}
            </Text>
          )}
          {plays.map((own) => (
            <Text size="sm" key={own.of}>
              {t('member.plays', { of: own.of, count: own.count })}
            </Text>
          ))}
          {tickets.map((own) => (
            <Text size="sm" key={own.of}>
              {t('member.tickets', { of: own.of, count: own.count })}
            </Text>
          ))}
        </Part>
      )}
      {(open.data?.items.length ?? 0) > 0 && (
        <Part title={t('member.open_to')}>
          <ul className="plain-list">
            {open.data?.items.map((own) => (
              <Text component="li" size="sm" key={own.to + own.from}>
                {own.to}
                {own.until ? ` · ${t('offer.until', { day: format.day(own.until) })}` : ''}
              </Text>
            ))}
          </ul>
        </Part>
      )}
      {(balance.waiting?.length ?? 0) > 0 && (
        <Part title={t('member.waiting')}>
          <ul className="plain-list">
            {balance.waiting?.map((own) => (
              <Text component="li" size="sm" key={own.source + own.id}>
                <PageLink to="/reviews" search={{ of: 'submissions' }}>
                  {own.name}
                </PageLink>{' '}
                · {format.moment(own.at)}
              </Text>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}
