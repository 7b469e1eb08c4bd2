// A figure: what it is and over whom, a picture, the same as a table, and both to take away.
import { Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Cell, saveCsv, saveImage } from './download';
import type { Drawing } from './drawing';

type Drawn = typeof import('./picture').default;

export type FigureRow = { cells: Cell[]; shown?: ReactNode[] };

/** So far below what is seen a picture is drawn already. */
const AHEAD = '300px';

/** What takes long to draw is drawn when somebody comes near it: until then its room is kept. */
function WhenNear(props: ComponentProps<Drawn>) {
  const room = useRef<HTMLDivElement>(null);
  const [Picture, setPicture] = useState<Drawn>();
  const [failed, setFailed] = useState<unknown>();
  useEffect(() => {
    if (Picture || !room.current) return;
    // Not by lazy(): what that brings, React holds back for a third of a second.
    const near = () => import('./picture').then((found) => setPicture(() => found.default), setFailed);
    const watch = new IntersectionObserver(([seen]) => seen?.isIntersecting && void near(), { rootMargin: AHEAD });
    watch.observe(room.current);
    return () => watch.disconnect();
  }, [Picture]);
  if (failed) throw failed;
  if (Picture) return <Picture {...props} />;
  return <div ref={room} role="img" aria-label={props.label} style={{ height: props.height }} />;
}

export function Figure({
  title,
  definition,
  sample,
  drawing,
  said,
  head,
  rows,
  file,
  pick,
  height = 300,
  children,
}: {
  title: string;
  /** What is counted over what. */
  definition: string;
  /** Over how many. */
  sample: string;
  drawing?: Drawing | undefined;
  said?: (value: number) => string;
  head: string[];
  /** What stands in the file; and what is shown instead, where that differs. */
  rows: FigureRow[];
  /** The name of the files, without their endings. */
  file: string;
  pick?: (x: number, y: number) => void;
  height?: number;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [table, setTable] = useState(false);
  const plain = said ?? String;
  const takeImage = async () => {
    if (!drawing) return;
    const { image } = await import('./picture');
    saveImage(file, image(drawing, title, `${definition}\n${sample}`, plain));
  };
  const asTable = table || !drawing;
  return (
    <Paper className="below" withBorder p="lg" component="section" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" mb="xs" gap="xs">
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        <Group gap={6}>
          {drawing && (
            <Button size="compact-sm" variant="default" onClick={() => setTable(!table)}>
              {table ? t('home.as_chart') : t('home.as_table')}
              <span className="unseen">: {title}</span>
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={() => saveCsv(file, head, rows.map((row) => row.cells))} aria-label={t('figure.csv_of', { title })}>
            CSV
          </Button>
          {drawing && (
            <Button size="compact-sm" variant="default" onClick={() => void takeImage()} aria-label={t('figure.png_of', { title })}>
              PNG
            </Button>
          )}
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {definition}
      </Text>
      <Text size="sm" c="dimmed" mb="sm">
        {sample}
      </Text>
      {children}
      {asTable ? (
        <Table.ScrollContainer minWidth={320} mah={420} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': title } }}>
          <Table verticalSpacing={6} horizontalSpacing="sm" className="numbers">
            <Table.Thead>
              <Table.Tr>
                {head.map((name) => (
                  <Table.Th key={name} scope="col">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row, at) => (
                <Table.Tr key={at}>
                  {(row.shown ?? row.cells).map((cell, place) =>
                    place === 0 ? (
                      <Table.Th key={place} scope="row" fw={500}>
                        {cell}
                      </Table.Th>
                    ) : (
                      <Table.Td key={place}>{cell ?? '–'}</Table.Td>
                    ),
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <WhenNear label={`${title}. ${sample}`} drawing={drawing} said={plain} pick={pick} height={height} />
      )}
    </Paper>
  );
}
