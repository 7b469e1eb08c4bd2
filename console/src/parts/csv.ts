// Tables as files: written for spreadsheets, and read line by line.

/** What a spreadsheet would run as a formula; a number is none, and `+3` is a period. A telephone number stays a text. */
const isFormula = (text: string) => /^[=@\t\r]/.test(text) || (/^[+-]/.test(text) && !/^(-[\d.]+|\+\d{1,3})$/.test(text));

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A value as a field. A formula is made a text by an apostrophe before it. */
function field(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return quoted(isFormula(text) ? `'${text}` : text);
}

/** Rows below a head. */
export const csv = (head: string[], rows: unknown[][]) => [head.map(quoted), ...rows.map((row) => row.map(field))].map((row) => `${row.join(',')}\r\n`).join('');

/** The same of rows with names: the head has all of them, in the order in which they first come. */
export function toCsv(rows: object[]): string {
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return csv(heads, rows.map((row) => heads.map((head) => (row as Record<string, unknown>)[head])));
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
