// What a page shows while it waits, when there is nothing, and when something failed: never a raw
// error, never a spinner for ever.
import { Alert, Button, Group, Loader, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed } from '../api/client';

export function Waiting({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} height={20} radius="sm" width={`${100 - ((at * 13) % 40)}%`} />
      ))}
    </Stack>
  );
}

export function useReason() {
  const { t } = useTranslation();
  return (error: unknown) => {
    if (!(error instanceof Failed)) return t('error.unknown');
    if (error.code === 'offline') return t('error.offline');
    if (error.code === 'sign_in_again' || error.code === 'wrong_code') return t(`error.${error.code}`);
    if (error.status === 403) return t('error.forbidden');
    if (error.status >= 500) return t('error.server', { request: error.requestId ?? '–' });
    return error.message;
  };
}

export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation();
  const reason = useReason();
  return (
    <Alert color="red" variant="light" title={t('error.title')} role="alert">
      <Group justify="space-between" align="end">
        <Text size="sm">{reason(error)}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            {t('error.again')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Paper p="xl" ta="center" bg="transparent">
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" mt={4} component="div">
          {children}
        </Text>
      )}
    </Paper>
  );
}

/** Shows what a query brought, or how it stands. */
export function Shown<T>({
  of,
  lines,
  children,
}: {
  of: UseQueryResult<T, Error>;
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Problem error={of.error} again={() => void of.refetch()} />;
  return <Waiting {...(lines ? { lines } : {})} />;
}

/** Whether nobody has gone from one page to another yet. */
let first = true;

/** Who comes to a page from another begins at its head. The first one is the browser's: there the focus is where it
 * belongs, and to set it would have the whole page laid out before it is there. */
export function useArrival(head?: RefObject<HTMLElement | null>) {
  useEffect(() => {
    if (!first) head?.current?.focus();
    first = false;
  }, [head]);
}

/** A page's head: its title is told to the browser, and read first after going there. */
export function PageHead({ title, sub, children }: { title: string; sub?: ReactNode; children?: ReactNode }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Regulars`;
  }, [title]);
  useArrival(head);
  return (
    <Group justify="space-between" align="flex-end" mb="lg" gap="md">
      <div>
        <Title order={1} size="h2" ref={head} tabIndex={-1} style={{ outline: 'none' }}>
          {title}
        </Title>
        {sub && (
          <Text c="dimmed" component="div" size="sm" mt={4}>
            {sub}
          </Text>
        )}
      </div>
      {children}
    </Group>
  );
}

export function SmallLoader() {
  const { t } = useTranslation();
  return <Loader size="xs" role="status" aria-label={t('state.loading')} />;
}
