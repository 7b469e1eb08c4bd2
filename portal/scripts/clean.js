// Takes away what an earlier build left, but not what tells git to leave the folder alone.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../../crates/server/portal/', import.meta.url).pathname;
for (const name of readdirSync(folder)) {
  if (name !== '.gitignore') rmSync(join(folder, name), { recursive: true });
}
