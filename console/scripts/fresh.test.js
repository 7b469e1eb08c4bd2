// The client is the one that the committed description of the API makes, and the lock file names no host.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import openapiTS, { astToString } from 'openapi-typescript';

const at = (path) => new URL(path, import.meta.url);

test('the generated client is the one that openapi.json makes', async () => {
  const made = astToString(await openapiTS(at('../../openapi.json')));
  const kept = readFileSync(at('../src/api/schema.d.ts'), 'utf8');
  assert.ok(kept.endsWith(made), 'src/api/schema.d.ts is old; run npm run client');
});

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
