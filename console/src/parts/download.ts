// Files that the page makes and the browser keeps.
import { csv, toCsv } from './csv';

function save(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const CSV = { type: 'text/csv;charset=utf-8' };

export type Cell = string | number | null | undefined;

/** A table for people: with the mark by which spreadsheets know the letters. */
export function saveCsv(name: string, head: string[], rows: Cell[][]) {
  save(new Blob([`\ufeff${csv(head, rows)}`], CSV), `${name}.csv`);
}

/** Rows as the API has them, for programs. */
export function saveRows(name: string, rows: object[]) {
  save(new Blob([toCsv(rows)], CSV), `${name}.csv`);
}

/** A file that the API wrote. */
export function saveText(name: string, text: string) {
  save(new Blob([`\ufeff${text}`], CSV), name);
}

/** What the API answered, as it is. */
export function saveJson(name: string, value: unknown) {
  save(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }), `${name}.json`);
}

/** An image that is written as an address with its data. */
export function saveImage(name: string, url: string) {
  const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (letter) => letter.charCodeAt(0));
  save(new Blob([bytes], { type: 'image/png' }), `${name}.png`);
}
