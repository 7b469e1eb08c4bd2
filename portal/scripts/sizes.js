// What a phone loads first, compressed: the entry, all that it imports without being asked, its styles,
// and one language. And the widget's script. In bytes.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const folder = new URL('../../crates/server/portal/', import.meta.url).pathname;
export const MOST = { first: 120 * 1024, widget: 30 * 1024 };
export const AIM = { first: 60 * 1024, widget: 15 * 1024 };

export const zipped = (name) => gzipSync(readFileSync(join(folder, name)), { level: 9 });

export function sizes() {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/portal\/(assets\/[^"]+)"/g)].map((found) => found[1]);
  const first = new Set(named);
  for (const name of first) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, other] of text.matchAll(/from\s*"\.\/([^"]+)"|import\s*"\.\/([^"]+)"/g)) if (other) first.add(`assets/${other}`);
  }
  const languages = readdirSync(join(folder, 'assets')).filter((name) => /^(en|de|ru|zh-Han[st])-.*\.js$/.test(name));
  if (languages.length === 0) throw new Error('no language was built as a file of its own');
  const largest = Math.max(...languages.map((name) => zipped(`assets/${name}`).length));
  const sum = [...first].reduce((all, name) => all + zipped(name).length, 0);
  return { first: sum + largest + zipped('index.html').length, widget: zipped('widget.js').length };
}
