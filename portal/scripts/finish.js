// The end of a build: each text file gets a compressed twin beside it, the words of letters are put where
// the server finds them, and what a phone loads first is held to its budget.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIM, MOST, folder, sizes, zipped } from './sizes.js';

rmSync(join(folder, '.vite'), { recursive: true, force: true });
const words = new URL('../src/words/', import.meta.url).pathname;
const letters = {};
for (const name of readdirSync(words).filter((name) => name.endsWith('.json'))) {
  const own = JSON.parse(readFileSync(join(words, name), 'utf8'));
  letters[name.replace('.json', '')] = { subject: own['letter.subject'], text: own['letter.text'] };
}
writeFileSync(join(folder, 'letters.json'), JSON.stringify(letters));
for (const name of ['widget.js', ...readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`)]) {
  if (/\.(js|css|svg)$/.test(name)) writeFileSync(join(folder, `${name}.gz`), zipped(name));
}
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
const found = sizes();
for (const part of ['first', 'widget']) {
  console.log(`${part} load, compressed: ${kb(found[part])} (at most ${kb(MOST[part])}, aim ${kb(AIM[part])})`);
  if (found[part] > MOST[part]) {
    console.error(`${part} is ${kb(found[part] - MOST[part])} too big: load something later (import())`);
    process.exitCode = 1;
  }
}
