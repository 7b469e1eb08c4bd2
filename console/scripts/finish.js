// The end of a build: each text file gets a compressed twin beside it, and what a browser loads first
// is held to its budget. Beyond it the build fails, and says by what.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

// Bytes of scripts, compressed: what a first page may ask for, and what we aim at.
const MOST = 350 * 1024;
const AIM = 250 * 1024;

const folder = new URL('../../crates/server/console/', import.meta.url).pathname;
const manifestPath = join(folder, '.vite/manifest.json');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));

const zipped = (name) => gzipSync(readFileSync(join(folder, name)), { level: 9 });

// The entry and all that it imports without being asked.
const first = new Set();
const follow = (key) => {
  const chunk = manifest[key];
  if (!chunk || first.has(chunk.file)) return;
  first.add(chunk.file);
  for (const css of chunk.css ?? []) first.add(css);
  for (const next of chunk.imports ?? []) follow(next);
};
Object.entries(manifest).filter(([, chunk]) => chunk.isEntry).forEach(([key]) => follow(key));

let scripts = 0;
let styles = 0;
for (const name of first) {
  const size = zipped(name).length;
  if (name.endsWith('.css')) styles += size;
  else scripts += size;
}
for (const name of readdirSync(join(folder, 'assets'))) {
  if (/\.(js|css|svg)$/.test(name)) writeFileSync(join(folder, 'assets', `${name}.gz`), zipped(`assets/${name}`));
}
rmSync(join(folder, '.vite'), { recursive: true });

const kb = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
console.log(`first load, compressed: ${kb(scripts)} scripts, ${kb(styles)} styles (at most ${kb(MOST)} scripts, aim ${kb(AIM)})`);
if (scripts > MOST) {
  console.error(`the scripts of the first load are ${kb(scripts - MOST)} too big: load something later (import())`);
  process.exit(1);
}
