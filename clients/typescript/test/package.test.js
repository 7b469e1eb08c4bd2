// The types are those that the committed description of the API makes, and what would be published is whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import openapiTS, { astToString } from 'openapi-typescript';

const at = (path) => new URL(path, import.meta.url);
const home = at('../').pathname;

test('the generated types are those that openapi.json makes', async () => {
  const made = astToString(await openapiTS(at('../../../openapi.json')));
  const kept = readFileSync(at('../src/schema.ts'), 'utf8');
  assert.ok(kept.endsWith(made), 'src/schema.ts is old; run npm --prefix clients/typescript run client');
});

test('what is published can be installed, imported and read by a compiler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-client-'));
  try {
    const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: home, encoding: 'utf8' }));
    const names = packed.files.map((own) => own.path).sort();
    assert.deepEqual(names, ['LICENSE', 'README.md', 'dist/index.d.ts', 'dist/index.js', 'dist/schema.d.ts', 'dist/schema.js', 'package.json']);
    writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}');
    execFileSync('npm', ['install', '--offline', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', `./${packed.filename}`], { cwd: folder });
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(folder, 'node_modules/regulars-client/package.json'), 'utf8')).dependencies ?? {}), []);
    const script = "import { connect } from 'regulars-client'; console.log(typeof connect({ url: 'http://127.0.0.1', key: 'k' }).get);";
    assert.equal(execFileSync('node', ['--input-type=module', '--eval', script], { cwd: folder, encoding: 'utf8' }).trim(), 'function');
    writeFileSync(join(folder, 'use.ts'), "import { connect } from 'regulars-client';\nconst own = await connect({ url: '', key: '' }).get('/v1/members');\nif (own.ok) own.data.items[0]?.id.trim();\nexport {};\n");
    const tsc = join(home, 'node_modules/.bin/tsc');
    assert.ok(existsSync(tsc));
    execFileSync(tsc, ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', 'use.ts'], { cwd: folder, stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
