// Products and stores: what they are called and cost, found by a word, taken from a file.
import { Alert, Group, List, Tabs, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type MasterTakenOf, type ProductOf } from '../api/client';
import { useSession } from '../api/session';
import { FromFile } from '../parts/from-file';
import { type Column, Find, Listing, Named, Paged } from '../parts/listing';
import { PageHead, Problem } from '../parts/state';

export const Route = createLazyRoute('/shell/products')({ component: ProductsPage });

type Row = Pick<ProductOf, 'id' | 'name' | 'category' | 'price' | 'brand' | 'size'>;

function ProductsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const { of, find = '' } = Route.useSearch();
  const stores = of === 'stores';
  const navigate = useNavigate();
  const [typed, setTyped] = useState(find);
  const [settled] = useDebouncedValue(typed, 150);
  useEffect(() => {
    if (settled !== find) void navigate({ to: '/products', search: { ...(stores ? { of } : {}), ...(settled ? { find: settled } : {}) }, replace: true });
  }, [settled, find, stores, of, navigate]);
  const found = useInfiniteQuery({
    queryKey: ['products', stores, find],
    queryFn: async ({ pageParam }): Promise<{ items: Row[]; next?: string | null }> => {
      const query = { limit: 50, ...(find ? { find } : {}), ...(pageParam ? { after: pageParam } : {}) };
      return stores ? data(api.GET('/v1/stores', { params: { query } })) : data(api.GET('/v1/products', { params: { query } }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const name: Column<Row> = { head: t('products.name'), cell: (own) => <Named name={own.name} below={own.id} /> };
  const columns: Column<Row>[] = stores
    ? [name]
    : [
        name,
        { head: t('products.category'), cell: (own) => own.category ?? '' },
        { head: t('products.brand'), cell: (own) => own.brand ?? '' },
        { head: t('products.size'), cell: (own) => own.size ?? '' },
        { head: t('products.price'), right: true, cell: (own) => own.price ?? '' },
      ];
  return (
    <>
      <PageHead title={t('products.title')} sub={t('products.sub')} />
      <Tabs
        value={stores ? 'stores' : 'products'}
        onChange={(next) => {
          setTyped('');
          void navigate({ to: '/products', search: next === 'stores' ? { of: 'stores' } : {} });
        }}
        mb="md"
      >
        <Tabs.List>
          <Tabs.Tab value="products">{t('products.title')}</Tabs.Tab>
          <Tabs.Tab value="stores">{t('products.stores')}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      <Group align="flex-end" mb="md">
        <Find value={typed} change={(next) => setTyped(next ?? '')} />
        {may('ingest') && <Take key={of ?? ''} stores={stores} />}
      </Group>
      <Paged
        of={found}
        none={find ? t('products.none_found', { find }) : stores ? t('products.none_stores') : t('products.none')}
        hint={find ? undefined : t('products.none_hint')}
      >
        {(rows) => <Listing label={stores ? t('products.stores') : t('products.title')} rows={rows} keyOf={(own) => own.id} columns={columns} />}
      </Paged>
    </>
  );
}

/** Takes a file, and says which of its lines were left out. */
function Take({ stores }: { stores: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [taken, setTaken] = useState<MasterTakenOf | null>(null);
  const [error, setError] = useState<unknown>(null);
  const take = async (text: string) => {
    setTaken(null);
    setError(null);
    // An object on the first line: NDJSON; a file of columns begins with their names.
    const kind = text.trimStart().startsWith('{') ? 'application/x-ndjson' : 'text/csv';
    const sent = { body: text, bodySerializer: (own: unknown) => own as string, headers: { 'Content-Type': kind } };
    try {
      setTaken(await (stores ? data(api.PUT('/v1/stores', sent)) : data(api.PUT('/v1/products', sent))));
      await client.invalidateQueries({ queryKey: ['products'] });
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <>
      <FromFile accept=".csv,.ndjson,.jsonl,text/csv" change={(text) => void take(text)} />
      {error !== null && <Problem error={error} />}
      {taken && (
        <Alert variant="default" role="status" w="100%">
          <Text size="sm">{t('products.taken', { taken: taken.taken, rejected: taken.rejected })}</Text>
          {taken.rejects.length > 0 && (
            <List size="sm" mt="xs">
              {taken.rejects.slice(0, 20).map((own) => (
                <List.Item key={own.line}>{t('products.line', { line: own.line, reason: own.reason })}</List.Item>
              ))}
            </List>
          )}
        </Alert>
      )}
    </>
  );
}
