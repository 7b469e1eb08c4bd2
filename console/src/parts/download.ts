// Files that the page makes and the browser keeps.

function save(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export type Cell = string | number | null | undefined;

/** What a spreadsheet would take for a formula is made a text. */
const harmless = (text: string) => (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);

const quoted = (cell: Cell) => {
  const text = harmless(String(cell ?? ''));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csv = (head: string[], rows: Cell[][]) => [head, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');

export function saveCsv(name: string, head: string[], rows: Cell[][]) {
  save(new Blob([`\ufeff${csv(head, rows)}`], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);
}

export function saveText(name: string, text: string, type = 'text/plain;charset=utf-8') {
  save(new Blob([text], { type }), name);
}

/** An image that is written as an address with its data. */
export function saveImage(name: string, url: string) {
  const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (letter) => letter.charCodeAt(0));
  save(new Blob([bytes], { type: 'image/png' }), `${name}.png`);
}
