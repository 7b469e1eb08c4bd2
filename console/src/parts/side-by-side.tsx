// Two texts side by side: what went on the left, what came on the right, each with the number of its line.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { around, difference, type Line } from './difference';

type Cell = { no: number; text: string; kind: Line['kind'] } | null;

/** Lines in pairs: what went stands beside what came in its place. */
function pairs(before: string, after: string): ([Cell, Cell] | null)[] {
  const rows: ([Cell, Cell] | null)[] = [];
  let [left, right] = [0, 0];
  let [went, came]: [Cell[], Cell[]] = [[], []];
  const flush = () => {
    for (let at = 0; at < Math.max(went.length, came.length); at += 1) rows.push([went[at] ?? null, came[at] ?? null]);
    [went, came] = [[], []];
  };
  const all = difference(before, after);
  const kept = around(all, 3);
  // Numbers count all lines, also those that are not shown.
  const numbers = new Map<Line, [number, number]>();
  for (const line of all) {
    if (line.kind !== 'came') left += 1;
    if (line.kind !== 'went') right += 1;
    numbers.set(line, [left, right]);
  }
  for (const line of kept) {
    const [one, other] = (line && numbers.get(line)) ?? [0, 0];
    if (line?.kind === 'went') went.push({ no: one, text: line.text, kind: 'went' });
    else if (line?.kind === 'came') came.push({ no: other, text: line.text, kind: 'came' });
    else {
      flush();
      rows.push(line === null ? null : [{ no: one, text: line.text, kind: 'same' }, { no: other, text: line.text, kind: 'same' }]);
    }
  }
  flush();
  return rows;
}

export function SideBySide({ before, after, names }: { before: string; after: string; names: [string, string] }) {
  const { t } = useTranslation();
  const rows = useMemo(() => pairs(before, after), [before, after]);
  const side = (cell: Cell) => (
    <>
      <td className="line-no">{cell?.no}</td>
      <td className={cell?.kind ?? 'none'}>{cell && (cell.kind === 'went' ? <del>{cell.text}</del> : cell.kind === 'came' ? <ins>{cell.text}</ins> : cell.text)}</td>
    </>
  );
  if (rows.length === 0) return <p>{t('versions.same')}</p>;
  return (
    <div className="diff side-by-side" tabIndex={0} role="group" aria-label={t('versions.text')}>
      <table>
        <thead>
          <tr>
            <th scope="col" colSpan={2}>
              {t('versions.version')} {names[0]}
            </th>
            <th scope="col" colSpan={2}>
              {t('versions.version')} {names[1]}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) =>
            row === null ? (
              <tr key={at}>
                <td colSpan={4}>⋯</td>
              </tr>
            ) : (
              <tr key={at}>
                {side(row[0])}
                {side(row[1])}
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}
