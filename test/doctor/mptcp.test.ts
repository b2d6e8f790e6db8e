import tap from 'tap';
import { examineMptcp } from '../../lib/doctor/mptcp.js';
import { makeConfig, makeWan } from '../make.js';

const mptcp = { endpoints: [], subflows: 2 };
const netstat = (asked: number, answered: number) =>
  `TcpExt: A B\nTcpExt: 1 2\nMPTcpExt: MPCapableSYNRX MPCapableSYNTX MPCapableSYNACKRX\nMPTcpExt: 0 ${asked} ${answered}\n`;

tap.test('what keeps connections from several lines', async (t) => {
  const config = makeConfig([makeWan({ mptcp: true })]);
  const CASES: [sight: Parameters<typeof examineMptcp>[2], said: RegExp | undefined][] = [
    [{}, /this kernel has no MPTCP/],
    [{ enabled: '0\n' }, /turned off in the kernel/],
    [{ enabled: '1\n' }, undefined],
    [{ enabled: '1\n', netstat: 'nonsense' }, undefined],
    [{ enabled: '1\n', netstat: netstat(0, 0) }, undefined],
    [{ enabled: '1\n', netstat: netstat(9, 2) }, undefined],
    [{ enabled: '1\n', netstat: netstat(9, 0) }, /9 connections have asked .*no server has answered/],
  ];
  for (const [sight, said] of CASES) {
    const problems = examineMptcp(config, { mptcp }, sight);
    t.match(
      problems.map(({ text }) => text),
      said ? [said] : [],
    );
    t.equal(problems.length, said ? 1 : 0);
  }
  t.strictSame(examineMptcp(makeConfig([makeWan()]), {}, {}), [], 'nobody asks');
  t.strictSame(examineMptcp(makeConfig([makeWan({ mptcp: true, enabled: false })]), {}, {}), []);
});
