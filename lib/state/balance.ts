import type { Balance } from '../model.js';
import { number, optional, type Section, words } from './values.js';

/** A name, its weight, and how much of it is taken: `wan 12 0.400`. */
const MEMBER = /^([A-Za-z0-9_.@+-]+) (\d{1,3})(?: ([01]\.\d{3}))?$/;

/** It has all keys. */
export const NO_BALANCE: Balance = { by: 'adaptive', choices: [], members: [], moves: 0 };

/** The global keys of traffic that is shared by what was measured. */
export function formatBalance(balance: Balance | undefined): Section {
  if (!balance) return {};
  const { by, choices, members, moved, moves, differs } = balance;
  return {
    balance: by,
    balance_moved: moved?.toFixed(2) ?? '',
    balance_moves: moves,
    balance_differs: differs?.toFixed(2) ?? '',
    ...(choices && { balance_choices: choices }),
    balance_members: members.map(({ name, weight, used }) =>
      [name, weight, ...(used === undefined ? [] : [used.toFixed(3)])].join(' '),
    ),
  };
}

/** @returns nothing where the section has no such keys */
export function parseBalance(section: Section): { balance?: Balance } {
  const by = (['quality', 'latency', 'load', 'adaptive'] as const).find((word) => word === words(section.balance));
  const lines = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const parts = lines(section.balance_members).map((member) => MEMBER.exec(member));
  if (!by || parts.includes(null)) return {};
  return {
    balance: {
      by,
      ...(by === 'adaptive' ? { choices: lines(section.balance_choices) } : {}),
      members: parts.map((part) => {
        const [, name = '', weight, used] = part ?? [];
        return {
          name,
          weight: Math.min(256, Math.max(1, Number(weight))),
          ...optional('used', used === undefined ? undefined : Number(used)),
        };
      }),
      ...optional('moved', number(section.balance_moved)),
      moves: number(section.balance_moves) ?? 0,
      ...optional('differs', number(section.balance_differs)),
    },
  };
}
