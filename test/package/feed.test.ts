import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap from 'tap';
import { feedSource } from '../../lib/package/feed.js';
import manifest from '../../package.json' with { type: 'json' };

/** As much of OpenWrt's build as shows what the Makefile asks of it. */
const RULES = 'CP:=cp -fpR\n';
const PACKAGE = `
define BuildPackage
$(eval $(Package/$(1)))
$(info $(PKG_VERSION)-$(PKG_RELEASE);$(DEPENDS);$(PKGARCH);$(PKG_LICENSE);$(Package/$(1)/conffiles))
all:
	$(call Package/$(1)/install,$(OUT))
endef
`;

tap.test('the Makefile of the feed makes the package of the release', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-mwan-feed-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of [
    ['rules.mk', RULES],
    ['package.mk', PACKAGE],
  ] as const) {
    writeFileSync(join(folder, name), text);
  }
  const files = [
    { path: '/usr/bin/mini-mwan', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
    { path: '/etc/config/mini-mwan', content: Buffer.from('config\n'), mode: 0o644 },
  ];
  const about = { ...manifest, depends: [] };
  writeFileSync(join(folder, 'source.tar.gz'), feedSource(about, files, Buffer.from('MIT')));
  execFileSync('tar', ['-C', folder, '-xzpf', join(folder, 'source.tar.gz')]);
  const out = join(folder, 'out');
  mkdirSync(out);
  const variables = {
    TOPDIR: folder,
    INCLUDE_DIR: folder,
    PKG_BUILD_DIR: join(folder, `mini-mwan-${manifest.version}`),
    OUT: out,
  };
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const said = execFileSync('make', ['-s', '-C', 'openwrt', '--no-print-directory', ...words], { encoding: 'utf8' });
  t.equal(said, `${manifest.version}-1;+quickjs +ip-full;all;${manifest.license};/etc/config/mini-mwan\n`);
  const made = execFileSync('find', [out, '-type', 'f', '-printf', '%P %m %s\n'], { encoding: 'utf8' });
  t.strictSame(made.trim().split('\n').sort(), ['etc/config/mini-mwan 644 7', 'usr/bin/mini-mwan 755 10']);
});
