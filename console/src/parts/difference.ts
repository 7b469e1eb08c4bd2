// What changed between two texts, line by line: the longest common part stays, all else came or went.

export type Line = { kind: 'same' | 'came' | 'went'; text: string };

export function difference(before: string, after: string): Line[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from += 1;
  let end = 0;
  while (end < old.length - from && end < now.length - from && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const [left, right] = [old.slice(from, old.length - end), now.slice(from, now.length - end)];
  const width = right.length + 1;
  // How long the common part of what follows is, for each pair of lines.
  const common = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        left[i] === right[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: Line[] = old.slice(0, from).map((text) => ({ kind: 'same', text }));
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [went, came] = [left[i], right[j]];
    if (went !== undefined && went === came) {
      lines.push({ kind: 'same', text: went });
      i += 1;
      j += 1;
    } else if (came === undefined || (went !== undefined && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      lines.push({ kind: 'went', text: went ?? '' });
      i += 1;
    } else {
      lines.push({ kind: 'came', text: came });
      j += 1;
    }
  }
  lines.push(...old.slice(old.length - end).map((text): Line => ({ kind: 'same', text })));
  return lines;
}

/** Only the lines that changed, with so many around them; gaps are marked by nothing in between. */
export function around(lines: Line[], near: number): (Line | null)[] {
  const keep = new Set<number>();
  lines.forEach((line, at) => {
    if (line.kind !== 'same') for (let it = at - near; it <= at + near; it += 1) keep.add(it);
  });
  const shown: (Line | null)[] = [];
  lines.forEach((line, at) => {
    if (keep.has(at)) shown.push(line);
    else if (shown.length > 0 && shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}
