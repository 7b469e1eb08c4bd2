// Every language says everything, with the same names in the same texts. How many forms a plural has
// is the language's own matter.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../src/words/', import.meta.url);
const read = (name) => flat(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

function flat(words, before = '') {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value]] : flat(value, `${before}${key}.`),
  );
}

const PLURAL = /_(zero|one|two|few|many|other)$/;
const names = (text) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort();
/** Texts by key, plural forms together; of those the names that any of them has. */
function grouped(words) {
  const all = new Map();
  for (const [key, text] of words) {
    const plain = key.replace(PLURAL, '');
    const set = all.get(plain) ?? new Set();
    names(text).forEach((name) => set.add(name));
    all.set(plain, set);
  }
  return new Map([...all].map(([key, set]) => [key, [...set].sort().join(' ')]));
}

const english = grouped(read('en.json'));
for (const name of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`${name} has every text, with the same names`, () => {
    const words = read(name);
    assert.deepEqual(grouped(words), english);
    assert.deepEqual(words.filter(([, text]) => !text.trim()), []);
    const tag = name.replace('.json', '');
    const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    const plurals = new Set(words.map(([key]) => key).filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')));
    const keys = new Set(words.map(([key]) => key));
    for (const plural of plurals) {
      for (const form of forms) assert.ok(keys.has(`${plural}_${form}`), `${plural}_${form} is missing`);
    }
  });
}

// What happened is told by its kind; a kind without words would be told by its name in the API.
test('every kind of event has words', () => {
  const source = readFileSync(new URL('../../crates/engine/src/event.rs', import.meta.url), 'utf8');
  const word = source.slice(source.indexOf('pub const fn word('));
  const kinds = [...word.slice(0, word.indexOf('\n    }\n')).matchAll(/=> "([a-z_]+)"/g)].map((found) => found[1]);
  assert.ok(kinds.length > 70, `${kinds.length} kinds were found`);
  assert.deepEqual(kinds.filter((kind) => !english.has(`event.${kind}`)), []);
});
