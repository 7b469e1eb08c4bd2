// A member's invoices, and what became of a payment where no provider tells it.
import { Badge, Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Invoice } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { useFormat } from './format';
import { Listing } from './listing';
import { Empty, Shown } from './state';

type Result = 'succeeded' | 'failed' | 'refunded';

export function Invoices({ member }: { member: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [telling, setTelling] = useState<{ invoice: Invoice; result: Result } | null>(null);
  const invoices = useQuery({
    queryKey: ['member', member, 'invoices'],
    queryFn: () => data(api.GET('/v1/members/{member}/invoices', { params: { path: { member } } })),
  });
  return (
    <>
      <Shown of={invoices}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('invoice.none')} />
          ) : (
            <Listing
              label={t('memberships.invoices')}
              rows={[...items].reverse()}
              keyOf={(row) => String(row.number)}
              width={620}
              columns={[
                { head: t('invoice.number'), cell: (row) => row.number },
                { head: t('invoice.for'), cell: (row) => `${format.day(row.from)} – ${format.day(row.until)}` },
                { head: t('invoice.amount'), right: true, cell: (row) => format.money(row.amount, row.currency) },
                {
                  head: t('list.state'),
                  cell: (row) => (
                    <>
                      <Badge variant={row.status === 'failed' ? 'filled' : 'default'} color={row.status === 'failed' ? 'red.8' : 'teal'} tt="none">
                        {t(`invoice.${row.status}`)}
                      </Badge>
                      {row.retry_at && (
                        <Text size="xs" c="dimmed">
                          {t('invoice.retry', { count: row.attempts, at: format.moment(row.retry_at) })}
                        </Text>
                      )}
                    </>
                  ),
                },
                {
                  head: t('list.do'),
                  cell: (row) =>
                    may('adjust') && (
                      <Group gap="xs" wrap="nowrap">
                        {row.status === 'open' &&
                          (['succeeded', 'failed'] as const).map((result) => (
                            <Button key={result} size="xs" variant="default" onClick={() => setTelling({ invoice: row, result })}>
                              {t(`invoice.do.${result}`)}
                            </Button>
                          ))}
                        {row.status === 'paid' && (
                          <Button size="xs" variant="default" onClick={() => setTelling({ invoice: row, result: 'refunded' })}>
                            {t('invoice.do.refunded')}
                          </Button>
                        )}
                      </Group>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {telling && <Tell key={telling.invoice.number + telling.result} member={member} invoice={telling.invoice} result={telling.result} close={() => setTelling(null)} />}
    </>
  );
}

function Tell({ member, invoice, result, close }: { member: string; invoice: Invoice; result: Result; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [reference, setReference] = useState('');
  const [amount, setAmount] = useState<string | number>(Number(invoice.amount) - Number(invoice.paid_back));
  const [request] = useState(() => crypto.randomUUID());
  return (
    <Ask
      opened
      close={close}
      title={t('invoice.title', { number: invoice.number, amount: format.money(invoice.amount, invoice.currency) })}
      confirm={t(`invoice.do.${result}`)}
      danger={result !== 'succeeded'}
      needsReason={result === 'failed'}
      said={t('invoice.said')}
      act={async (reason) => {
        await data(
          api.POST('/v1/members/{member}/invoices/{number}/payments', {
            params: { path: { member, number: invoice.number }, header: { 'Idempotency-Key': request } },
            body: {
              result,
              ...(reference.trim() && result !== 'failed' ? { reference: reference.trim() } : {}),
              ...(result === 'failed' ? { reason } : {}),
              ...(result === 'refunded' ? { amount: String(amount) } : {}),
            },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['member', member] });
        await queries.invalidateQueries({ queryKey: ['memberships'] });
      }}
    >
      {(fault) => (
        <Stack>
          <Text size="sm">{t(`invoice.words.${result}`)}</Text>
          {result === 'refunded' && <NumberInput label={t('invoice.amount')} required value={amount} onChange={setAmount} decimalScale={2} error={fault('/amount')} />}
          {result !== 'failed' && <TextInput label={t('invoice.reference')} value={reference} onChange={(event) => setReference(event.currentTarget.value)} error={fault('/reference')} />}
        </Stack>
      )}
    </Ask>
  );
}
