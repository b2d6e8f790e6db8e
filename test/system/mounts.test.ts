import tap from 'tap';
import { isInRam, mountOf, parseMounts } from '../../lib/system/mounts.js';

const OPENWRT = parseMounts(`/dev/root /rom squashfs ro,relatime 0 0
tmpfs /tmp tmpfs rw,nosuid 0 0
/dev/ubi0_1 /overlay ubifs rw,noatime 0 0
overlayfs:/overlay / overlay rw,noatime,lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work 0 0
/dev/sda1 /mnt/a\\040b ext4 ro 0 0
`);

tap.test('where what is written outlives a restart', async (t) => {
  t.equal(mountOf(OPENWRT, '/mnt/a b/x')?.type, 'ext4');
  t.equal(isInRam(OPENWRT, '/mnt/a b/x'), false);
  t.equal(isInRam(OPENWRT, '/tmp/run'), true);
  t.equal(isInRam(OPENWRT, '/etc'), false);
  t.equal(mountOf(OPENWRT, '/etc')?.type, 'overlay');
  const early = parseMounts('tmpfs /tmp tmpfs rw 0 0\noverlayfs:/tmp/root / overlay rw,upperdir=/tmp/root/upper 0 0');
  t.equal(isInRam(early, '/etc'), true, 'an overlay in RAM');
  t.equal(isInRam(parseMounts('none / rootfs rw 0 0'), '/etc'), true);
  t.equal(
    isInRam(parseMounts('/dev/sda1 / ext4 rw 0 0\ntmpfs /var tmpfs rw 0 0\n/dev/b /var ext4 rw 0 0'), '/var/x'),
    false,
    'the last one is seen',
  );
  t.equal(isInRam([], '/etc'), false, 'where nothing is known');
});
