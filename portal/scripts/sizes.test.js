// What is loaded first stays small: measured on what was built.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AIM, MOST, folder, sizes } from './sizes.js';

test('the first load and the widget are within their bounds', () => {
  assert.ok(existsSync(join(folder, 'index.html')), 'the pages are not built: run npm run build');
  const found = sizes();
  for (const part of ['first', 'widget']) assert.ok(found[part] <= MOST[part], `${part}: ${found[part]} bytes, at most ${MOST[part]} (aim ${AIM[part]})`);
});
