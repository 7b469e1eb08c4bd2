// Bars side by side, drawn by the page itself: the first page must be there at once, and what draws the
// pictures of Insight is as large as all the rest of it. A picture beside a table: what it says, the table
// says too.
import { useFormat } from './format';

type Line = { name: string; values: number[] };

/** About so many lines are drawn across. */
const LINES = 5;

/** Round numbers from the least to the most, one, two or five of a power of ten apart. */
function marks(least: number, most: number): number[] {
  const rough = (most - least || 1) / LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((by) => power * by >= rough) ?? 10);
  const first = Math.floor(least / step);
  return Array.from({ length: Math.ceil(most / step) - first + 1 }, (_, at) => (first + at) * step);
}

export function Chart({ label, across, lines }: { label: string; across: string[]; lines: Line[] }) {
  const format = useFormat();
  const all = lines.flatMap((line) => line.values);
  const scale = marks(Math.min(0, ...all), Math.max(0, ...all));
  const [low, high] = [scale[0]!, scale.at(-1)!];
  const share = (value: number) => (100 * (high - value)) / (high - low || 1);
  const wide = 100 / across.length;
  // The room of one of the bars: a quarter of a place stays free between places.
  const bar = (0.75 * wide) / lines.length;
  return (
    <div role="img" aria-label={label} className="chart">
      <ul aria-hidden="true">
        {lines.map((line, of) => (
          <li key={line.name} data-of={of}>
            {line.name}
          </li>
        ))}
      </ul>
      <div>
        <ol aria-hidden="true">
          {scale.map((mark) => (
            <li key={mark} style={{ top: `${share(mark)}%` }}>
              {format.number(mark)}
            </li>
          ))}
        </ol>
        <svg aria-hidden="true">
          {scale.map((mark) => (
            <line key={mark} x1="0" x2="100%" y1={`${share(mark)}%`} y2={`${share(mark)}%`} data-zero={mark === 0 || undefined} />
          ))}
          {lines.flatMap((line, of) =>
            line.values.map((value, at) => (
              <rect
                key={`${line.name} ${at}`}
                data-of={of}
                x={`${wide * (at + 0.125) + bar * of}%`}
                width={`${bar * 0.9}%`}
                y={`${share(Math.max(value, 0))}%`}
                height={`${Math.abs(share(value) - share(0))}%`}
              >
                <title>{`${across[at]}, ${line.name}: ${format.number(value)}`}</title>
              </rect>
            )),
          )}
        </svg>
        <ol aria-hidden="true" className="across">
          {across.map((name) => (
            <li key={name}>{name}</li>
          ))}
        </ol>
      </div>
    </div>
  );
}
