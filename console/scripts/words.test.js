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

/** The texts of a group of keys, by what follows it. */
const of = (group) => Object.fromEntries(read('en.json').filter(([key]) => key.startsWith(`${group}.`)).map(([key, text]) => [key.slice(group.length + 1), text]));
const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

// What a sample is, the page says in its own words; in English in those that the API has of the sample's file.
for (const [folder, group] of [
  ['programs', 'library'],
  ['journeys', 'journeys.library'],
]) {
  test(`every sample of ${folder} has words`, () => {
    const names = readdirSync(new URL(`../../${folder}/`, import.meta.url)).filter((name) => name.endsWith('.toml'));
    assert.ok(names.length > 10, `${names.length} samples were found`);
    const about = (name) => {
      const lines = source(`${folder}/${name}`).replace(/^#:schema.*\n/, '').split('\n');
      const end = lines.findIndex((line) => !line.startsWith('# '));
      return lines.slice(0, end).map((line) => line.slice(2)).join(' ');
    };
    const said = Object.fromEntries(names.map((name) => [name.replace('.toml', ''), about(name)]));
    assert.deepEqual(of(`${group}_about`), said);
    assert.deepEqual(Object.keys(of(group)).sort(), Object.keys(said).sort());
  });
}

// The audit trail names acts by the operations of the API: those that change something, and one more.
test('every act of the audit trail has words', () => {
  const rust = (folder) =>
    readdirSync(new URL(`../../${folder}/`, import.meta.url), { withFileTypes: true }).flatMap((file) =>
      file.isDirectory() ? rust(`${folder}/${file.name}`) : file.name.endsWith('.rs') ? [source(`${folder}/${file.name}`)] : [],
    );
  const texts = ['routes', 'square'].flatMap((folder) => rust(`crates/server/src/${folder}`));
  const operations = texts.flatMap((text) => [...text.matchAll(/^\/\/\/ ([^\n]*)\n(?:\/\/\/[^\n]*\n)*#\[utoipa::path\(\s*(?:post|put|patch|delete),\s*path = "\/[^]*?async fn (\w+)/gm)]);
  const acting = source('crates/server/src/acting.rs');
  const asks = acting.match(/ASKS_ONLY: [^=]*= \[([^\]]*)\]/)[1].match(/\w+/g);
  const own = [acting.match(/SIGN_ON: &str = "(\w+)"/)[1], acting.match(/act == SIGN_ON \{\s*return "([^"]*)"/)[1]];
  const acts = Object.fromEntries([...operations.map(([, words, act]) => [act, words]), own].filter(([act]) => !asks.includes(act)));
  assert.ok(Object.keys(acts).length > 200, `${Object.keys(acts).length} acts were found`);
  assert.deepEqual(of('audit.act'), acts);
});
