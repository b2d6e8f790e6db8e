import { readFile } from 'node:fs/promises';
import tap from 'tap';
import { description, version, versionText } from '../lib/version.js';

tap.test('the version is that of package.json, and says on which engine it runs', async (t) => {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'));
  t.strictSame({ version, description }, { version: manifest.version, description: manifest.description });
  t.match(version, /^\d+\.\d+\.\d+$/);
  t.equal(versionText('QuickJS'), `${manifest.version} (QuickJS)`);
});
