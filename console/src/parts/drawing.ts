// What a picture shows, as data: whoever draws it knows nothing of where it comes from.

export type Line = { name: string; values: (number | null)[] };

export type Drawing =
  | { kind: 'bars'; across: string[]; lines: Line[]; stacked?: boolean; ranges?: ([number, number] | null)[] }
  | { kind: 'lines'; across: string[]; lines: Line[]; band?: { low: (number | null)[]; high: (number | null)[] } }
  | { kind: 'grid'; across: string[]; down: string[]; cells: { x: number; y: number; value: number; shown: string }[]; most: number; upwards?: boolean };
