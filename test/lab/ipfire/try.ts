import { IpfireLab } from './machine.js';

const t0 = performance.now();
const lap = (w: string) => console.log(w, Math.round(performance.now() - t0));
const m = await IpfireLab.create({ primary: (process.argv[2] ?? 'STATIC') as 'STATIC', backups: ['DHCP'] });
lap('created');
console.log(
  await m.sh(
    'ip a; ip r; ip rule; nft list ruleset; cat /var/log/messages; ls -laR /var/ipfire; mount | tail -12; ps aux',
  ),
);
lap('sh');
console.log(await m.lanOnline(), await m.whichIsp());
lap('end');
m.remove();
