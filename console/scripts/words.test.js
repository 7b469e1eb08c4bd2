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

// A report gives ids and figures; what they mean is said here, in English word for word as the code says it.
test('metrics by period have words, and mean what the code says', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (.+?) \| `(\w+)` \| .+? \| yes \| (.+) \|$/gm)];
  assert.ok(rows.length > 30, `${rows.length} metrics were found`);
  const words = JSON.parse(readFileSync(new URL('en.json', folder), 'utf8')).metric;
  const said = Object.fromEntries(Object.entries(words).map(([id, { name, definition }]) => [id, { name, definition }]));
  assert.deepEqual(said, Object.fromEntries(rows.map(([, name, id, definition]) => [id, { name, definition }])));
});

test('findings and refusals of models have words', () => {
  const source = (name) => readFileSync(new URL(`../../crates/metrics/src/${name}.rs`, import.meta.url), 'utf8');
  const findings = [...source('report/finding').matchAll(/\bid: "([a-z_]+)"/g)].map((found) => found[1]);
  assert.ok(findings.length >= 9, `${findings.length} findings were found`);
  assert.deepEqual(findings.filter((id) => !english.has(`finding.${id}.why`)), []);
  const code = source('model/refusal').split('fn code')[1] ?? '';
  const refusals = [...code.matchAll(/=> "([a-z_]+)"/g)].map((found) => found[1]);
  // The other three are faults of whoever calls a model, and no report has them.
  const faults = ['columns_differ_in_length', 'bad_row', 'bad_argument'];
  assert.deepEqual(refusals.filter((id) => !faults.includes(id) && !english.has(`insight.refused.${id.replaceAll('_', '-')}`)), []);
  assert.ok(refusals.length > faults.length);
});

// What happened is told by its kind; a kind without words would be told by its name in the API.
test('every kind of event has words', () => {
  const source = readFileSync(new URL('../../crates/engine/src/event.rs', import.meta.url), 'utf8');
  const word = source.slice(source.indexOf('pub const fn word('));
  const kinds = [...word.slice(0, word.indexOf('\n    }\n')).matchAll(/=> "([a-z_]+)"/g)].map((found) => found[1]);
  assert.ok(kinds.length > 70, `${kinds.length} kinds were found`);
  assert.deepEqual(kinds.filter((kind) => !english.has(`event.${kind}`)), []);
});
