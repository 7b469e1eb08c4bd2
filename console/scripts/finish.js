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
// Nearly all that is loaded first is also run at once: a browser that is told so compiles it while it comes,
// beside the page and not in its way (V8's explicit compile hints).
for (const name of first) {
  if (!name.endsWith('.js')) continue;
  const path = join(folder, name);
  writeFileSync(path, `//# allFunctionsCalledOnLoad\n${readFileSync(path, 'utf8')}`);
}
const assets = readdirSync(join(folder, 'assets'));
for (const name of assets) {
  if (/\.(js|css|svg)$/.test(name)) writeFileSync(join(folder, 'assets', `${name}.gz`), zipped(`assets/${name}`));
}
rmSync(join(folder, '.vite'), { recursive: true });

// src/mantine.css names the styles of the components that are used: one that it lacks would look like nothing.
const classes = (text) => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g));
const built = (ending) => assets.filter((name) => name.endsWith(ending)).map((name) => readFileSync(join(folder, 'assets', name), 'utf8'));
const library = new URL('../node_modules/@mantine/core/styles/', import.meta.url).pathname;
const used = classes(built('.js').join('\n'));
const styled = classes(built('.css').join('\n'));
const missing = readdirSync(library)
  .filter((name) => name.endsWith('.css') && !name.endsWith('.layer.css'))
  .filter((name) => [...classes(readFileSync(join(library, name), 'utf8'))].some((one) => used.has(one) && !styled.has(one)));
if (missing.length > 0) {
  console.error(`src/mantine.css lacks styles of components that are used: ${missing.join(', ')}`);
  process.exit(1);
}

const kb = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
console.log(`first load, compressed: ${kb(scripts)} scripts, ${kb(styles)} styles (at most ${kb(MOST)} scripts, aim ${kb(AIM)})`);
if (scripts > MOST) {
  console.error(`the scripts of the first load are ${kb(scripts - MOST)} too big: load something later (import())`);
  process.exit(1);
}
