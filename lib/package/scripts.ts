/**
 * What the package managers run when a package comes and goes: the texts that OpenWrt's build gives to every package
 * (include/package-pack.mk), which leave the service to OpenWrt's own functions. IPKG_INSTROOT is set where an image is built.
 */

const FUNCTIONS = `[ -s "\${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "\${IPKG_INSTROOT}/lib/functions.sh"`;

/** rpcd reads the methods of /usr/libexec/rpcd once, when it starts. */
const RELOAD_RPCD = '[ -n "$IPKG_INSTROOT" ] || [ ! -x /etc/init.d/rpcd ] || /etc/init.d/rpcd reload';

/** For when the files are gone: what rounds have left in RAM, and rpcd's method. */
const LEAVE = `[ -n "$IPKG_INSTROOT" ] || rm -f /var/run/mini-mwan.*
${RELOAD_RPCD}`;

/** opkg's, by the names of their files. default_postinst reads postinst-pkg before it enables and starts the service. */
export const IPK_SCRIPTS = {
  postinst: `#!/bin/sh
[ "\${IPKG_NO_SCRIPT}" = 1 ] && exit 0
${FUNCTIONS}
default_postinst "$0" "$@"
`,
  'postinst-pkg': `#!/bin/sh
${RELOAD_RPCD}
`,
  prerm: `#!/bin/sh
${FUNCTIONS}
default_prerm "$0" "$@"
`,
  // The old package's runs in an update, too, when the new one's files are there.
  postrm: `#!/bin/sh
[ "$PKG_UPGRADE" = 1 ] || [ "$1" = upgrade ] && exit 0
${LEAVE}
`,
};

/** apk's. It runs them from a place that does not tell the name of the package. */
export function apkScripts(name: string) {
  const asPackage = `${FUNCTIONS}
export root="\${IPKG_INSTROOT}" pkgname=${name}`;
  const arrived = `[ "\${IPKG_NO_SCRIPT}" = 1 ] && exit 0
${asPackage}
add_group_and_user
default_postinst
${RELOAD_RPCD}
`;
  return {
    postInstall: `#!/bin/sh
${arrived}`,
    // A service that the user has disabled stays so.
    postUpgrade: `#!/bin/sh
export PKG_UPGRADE=1
${arrived}`,
    preDeinstall: `#!/bin/sh
${asPackage}
default_prerm
`,
    postDeinstall: `#!/bin/sh
${LEAVE}
`,
  };
}
