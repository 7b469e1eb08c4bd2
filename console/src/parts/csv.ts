// Tables as files: written for spreadsheets, and read line by line.

/** A value as a field. One that a spreadsheet would run as a formula is put in quotes with an apostrophe before it. */
function field(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const plain = /^[=+@\t\r]/.test(text) || (text.startsWith('-') && !/^-[\d.]+$/.test(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Rows with a head of all their names, in the order in which they first come. */
export function toCsv(rows: object[]): string {
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (row: object) => heads.map((head) => field((row as Record<string, unknown>)[head])).join(',');
  return [heads.join(','), ...rows.map(line)].join('\r\n') + '\r\n';
}

/** Offers a text as a file. */
export function save(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The first field of each line that is not empty: a list of codes, with or without a head. */
export function firstFields(text: string): string[] {
  const fields = text.split(/\r?\n/).map((line) => {
    const first = line.startsWith('"') ? (/^"((?:[^"]|"")*)"/.exec(line)?.[1] ?? '').replaceAll('""', '"') : (line.split(/[,;\t]/)[0] ?? '');
    return first.trim();
  });
  if (/^codes?$/i.test(fields[0] ?? '')) fields.shift();
  return fields.filter(Boolean);
}
