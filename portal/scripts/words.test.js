// Every language says everything, with the same names in the same texts; pages ask for no text that is not
// there; styles name no side but logical ones.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { named, search, subject } from '../src/assist.js';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);

function grouped(words) {
  const all = new Map();
  for (const [key, text] of Object.entries(words)) {
    const plain = key.replace(PLURAL, '');
    const set = all.get(plain) ?? new Set();
    names(text).forEach((name) => set.add(name));
    all.set(plain, set);
  }
  return Object.fromEntries([...all].map(([key, set]) => [key, [...set].sort().join(' ')]).sort());
}

for (const folder of ['../src/words/', '../src/words/widget/']) {
  const at = new URL(folder, import.meta.url);
  const read = (name) => JSON.parse(readFileSync(new URL(name, at), 'utf8'));
  const english = grouped(read('en.json'));
  for (const name of readdirSync(at).filter((name) => name.endsWith('.json'))) {
    test(`${folder}${name} has every text, with the same names`, () => {
      const words = read(name);
      assert.deepEqual(grouped(words), english);
      assert.deepEqual(Object.entries(words).filter(([, text]) => !text.trim()), []);
      const forms = new Intl.PluralRules(name.replace('.json', '')).resolvedOptions().pluralCategories;
      const plurals = new Set(Object.keys(words).filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')));
      for (const plural of plurals) for (const form of forms) assert.ok(`${plural}_${form}` in words, `${plural}_${form} is missing`);
    });
  }
}

test('pages ask for no text that is not there', () => {
  const words = JSON.parse(readFileSync(new URL('../src/words/en.json', import.meta.url), 'utf8'));
  const keys = new Set(Object.keys(words).map((key) => key.replace(PLURAL, '')));
  const src = new URL('../src/', import.meta.url);
  const files = [...readdirSync(src), ...readdirSync(new URL('pages/', src)).map((name) => `pages/${name}`)].filter((name) => name.endsWith('.tsx'));
  for (const name of files) {
    const text = readFileSync(new URL(name, src), 'utf8');
    for (const [, key] of text.matchAll(/\bt\('([^']+)'/g)) assert.ok(keys.has(key), `${name}: ${key}`);
  }
});

test('styles turn round: no side is named left or right', () => {
  const css = readFileSync(new URL('../src/look.css', import.meta.url), 'utf8') + readFileSync(new URL('../src/widget.ts', import.meta.url), 'utf8');
  assert.doesNotMatch(css, /(margin|padding|border)-(left|right)|text-align:\s*(left|right)|[;{]\s*(left|right):/);
});

const faq = [
  { question: 'When do my points lapse?', answer: 'After a year.' },
  { question: 'Where is my card?', answer: 'In your pocket.' },
  { question: '积分何时到期？', answer: '一年后。' },
];

test('questions are found by words they share, whatever the ending and the script', () => {
  assert.equal(search(faq, 'does a point lapse?')[0], faq[0]);
  assert.equal(search(faq, 'cards')[0], faq[1]);
  assert.equal(search(faq, '什么时候到期')[0], faq[2]);
  assert.deepEqual(search(faq, 'nothing alike here'), []);
  assert.equal(search(faq, '  ').length, 3);
});

test('an entry is found by its order, and a subject by the words of each language', () => {
  const entries = [{ id: 'e-1', order: 'R-100' }, { id: 'e-222', order: null }];
  assert.equal(named(entries, 'what about r-100?'), entries[0]);
  assert.equal(named(entries, 'and E-222'), entries[1]);
  assert.equal(named(entries, 'hello'), undefined);
  for (const [tag, asked] of [['en', 'When do they expire?'], ['de', 'Wann verfallen sie?'], ['ru', 'Когда они сгорят?'], ['zh-Hans', '什么时候到期'], ['zh-Hant', '什麼時候到期']]) {
    const words = JSON.parse(readFileSync(new URL(`../src/words/${tag}.json`, import.meta.url), 'utf8'));
    assert.equal(subject(asked, (key) => words[key] ?? key), 'expiry', tag);
  }
});
