// The lock files name no host, and packages that belong together have one version.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const at = (path) => new URL(path, import.meta.url);

test('the lock files name no other registry than the public one', () => {
  for (const path of ['../package-lock.json', '../../e2e/package-lock.json', '../../clients/typescript/package-lock.json']) {
    const hosts = [...readFileSync(at(path), 'utf8').matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((found) => found[1]);
    assert.deepEqual(hosts.filter((host) => host !== 'registry.npmjs.org'), []);
  }
});

test('all packages of the component library have one exact version', () => {
  const { dependencies } = JSON.parse(readFileSync(at('../package.json'), 'utf8'));
  const versions = Object.entries(dependencies).filter(([name]) => name.startsWith('@mantine/')).map(([, version]) => version);
  assert.equal(new Set(versions).size, 1, versions.join(' '));
  for (const [name, version] of Object.entries(dependencies)) assert.match(version, /^\d/, name);
});
