// Asks before something is done that is put down for good: with a reason where one is needed.
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { faultAt } from '../api/client';
import { Dialogue } from './dialogue';
import { Problem } from './state';
import { tell } from './tell';

export function Ask({
  opened,
  close,
  title,
  children,
  confirm,
  danger,
  needsReason,
  ready = true,
  act,
  said,
}: {
  opened: boolean;
  close: () => void;
  title: string;
  children?: ReactNode | ((fault: (at: string) => string | undefined) => ReactNode);
  confirm: string;
  danger?: boolean;
  needsReason?: boolean;
  ready?: boolean;
  act: (reason: string) => Promise<unknown>;
  said: string;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const doing = useMutation({
    mutationFn: () => act(reason.trim()),
    // What was done may say itself what came of it.
    onSuccess: (answer) => {
      tell(typeof answer === 'string' ? answer : said);
      setReason('');
      close();
    },
  });
  const leave = () => {
    doing.reset();
    close();
  };
  return (
    <Dialogue opened={opened} onClose={leave} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <Stack>
          {typeof children === 'string' ? <Text size="sm">{children}</Text> : typeof children === 'function' ? children((at) => faultAt(doing.error, at)) : children}
          {needsReason && (
            <Textarea
              label={t('ask.reason')}
              description={t('ask.reason_why')}
              required
              autosize
              minRows={2}
              maxLength={250}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          {doing.error && <Problem error={doing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave} type="button">
              {t('do.cancel')}
            </Button>
            <Button
              type="submit"
              color={danger ? 'red.8' : 'teal.9'}
              loading={doing.isPending}
              disabled={!ready || (needsReason && !reason.trim())}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialogue>
  );
}
