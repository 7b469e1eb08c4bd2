// Lists: a table that a keyboard can scroll, filters that are kept in the address, the next page, and
// the list as a file.
import { Button, Checkbox, Group, Paper, Select, Text, TextInput } from '@mantine/core';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveRows } from './download';
import { Empty, Problem, Waiting } from './state';
import { tell } from './tell';

export type Column<T> = { head: string; cell: (row: T) => ReactNode; right?: boolean };

/** What is picked out of a list, for something that is done with all of it. */
export function usePicked() {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  return {
    picked,
    clear: () => setPicked(new Set()),
    set: (keys: string[], on: boolean) =>
      setPicked((before) => {
        const after = new Set(before);
        for (const key of keys) if (on) after.add(key); else after.delete(key);
        return after;
      }),
  };
}

/** A table of plain cells: there are hundreds, and a component for each is what a slow processor waits for. */
export function Listing<T>({
  label,
  rows,
  columns,
  keyOf,
  picking,
  nameOf,
  width = 640,
}: {
  label: string;
  rows: T[];
  columns: Column<T>[];
  keyOf: (row: T) => string;
  picking?: ReturnType<typeof usePicked>;
  nameOf?: (row: T) => string;
  width?: number;
}) {
  const { t } = useTranslation();
  const keys = rows.map(keyOf);
  const all = keys.length > 0 && keys.every((key) => picking?.picked.has(key));
  return (
    <Paper withBorder mb="md" className="list" tabIndex={0} role="group" aria-label={label}>
      <table className="numbers" aria-label={label} style={{ minWidth: width }}>
        <thead>
          <tr>
            {picking && (
              <td className="pick">
                <Checkbox checked={all} onChange={(event) => picking.set(keys, event.currentTarget.checked)} aria-label={t('list.pick_all')} />
              </td>
            )}
            {columns.map((column) => (
              <th key={column.head} scope="col" className={column.right ? 'right' : undefined}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row);
            return (
              <tr key={key}>
                {picking && (
                  <td className="pick">
                    <Checkbox
                      checked={picking.picked.has(key)}
                      onChange={(event) => picking.set([key], event.currentTarget.checked)}
                      aria-label={t('list.pick', { name: nameOf?.(row) ?? key })}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.head} className={column.right ? 'right' : undefined}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Paper>
  );
}

/** What a row is about, and what tells it from others of that name. */
export function Named({ name, below }: { name: string; below: string }) {
  return (
    <>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {below}
      </Text>
    </>
  );
}

/** Looks for a word in what is listed. */
export function Find({ value, change }: { value: string; change: (next: string | undefined) => void }) {
  const { t } = useTranslation();
  return <TextInput type="search" label={t('members.find')} value={value} onChange={(event) => change(event.currentTarget.value || undefined)} />;
}

/** Lists only those of a sort, or all. */
export function Only({
  label,
  data,
  value,
  change,
}: {
  label: string;
  data: (string | { value: string; label: string })[];
  value: string | undefined;
  change: (next: string | undefined) => void;
}) {
  const { t } = useTranslation();
  return <Select label={label} placeholder={t('list.all')} clearable data={data} value={value ?? null} onChange={(next) => change(next ?? undefined)} />;
}

/** A list that comes in pages, or how it stands. */
export function Paged<T>({
  of,
  none,
  hint,
  children,
}: {
  of: UseInfiniteQueryResult<{ pages: { items: T[]; next?: string | null }[] }, Error>;
  none: string;
  hint?: string;
  children: (rows: T[]) => ReactNode;
}) {
  const { t } = useTranslation();
  if (of.error && !of.data) return <Problem error={of.error} again={() => void of.refetch()} />;
  if (!of.data) return <Waiting lines={6} />;
  const rows = of.data.pages.flatMap((page) => page.items);
  return (
    <>
      {rows.length > 0 ? children(rows) : !of.hasNextPage && <Nothing title={none}>{hint}</Nothing>}
      {of.hasNextPage && (
        <Group justify="center" mb="md">
          <Button variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
            {t('do.more')}
          </Button>
        </Group>
      )}
    </>
  );
}

export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Paper withBorder mb="md">
      <Empty title={title}>{children}</Empty>
    </Paper>
  );
}

/** Saves rows as a file; those that come in pages are fetched to the end first. */
export function Export<T extends object>({ name, rows }: { name: string; rows: () => Promise<T[]> | T[] }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return (
    <>
      <Button
        variant="default"
        loading={busy}
        onClick={async () => {
          setBusy(true);
          setError(null);
          try {
            const all = await rows();
            saveRows(name, all);
            tell(t('list.exported', { count: all.length }));
          } catch (caught) {
            setError(caught);
          } finally {
            setBusy(false);
          }
        }}
      >
        {t('list.export')}
      </Button>
      {error !== null && <Problem error={error} />}
    </>
  );
}
