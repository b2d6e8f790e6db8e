import type { Balance, Choice, FlowClass } from '../model.js';
import { number, optional, type Section, words } from './values.js';

/** A name, its weight, and how much of it is taken: `wan 12 0.400`. */
const MEMBER = /^([A-Za-z0-9_.@+-]+) (\d{1,3})(?: ([01]\.\d{3}))?$/;
/** What its class, name and moves are, and the times of the last one and since when another would be right: `fast wan 1 120.50 -`. */
const CHOICE = /^(fast|bulk) ([A-Za-z0-9_.@+-]+) (\d{1,9}) (\d{1,12}\.\d\d|-) (\d{1,12}\.\d\d|-)$/;

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
    ...(choices && { balance_choices: choices.map(formatChoice) }),
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
      ...(by === 'adaptive' && { choices: readChoices(lines(section.balance_choices)) }),
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

function formatChoice({ of, name, moves, moved, differs }: Choice): string {
  return [of, name, moves, moved?.toFixed(2) ?? '-', differs?.toFixed(2) ?? '-'].join(' ');
}

/** The first of each class; what is none is left out. */
export function readChoices(lines: string[]): Choice[] {
  const all = lines.flatMap((line) => {
    const [, of, name, moves, moved, differs] = CHOICE.exec(line) ?? [];
    if (name === undefined) return [];
    return [
      {
        of: of as FlowClass,
        name,
        moves: Number(moves),
        ...(moved !== '-' && { moved: Number(moved) }),
        ...(differs !== '-' && { differs: Number(differs) }),
      },
    ];
  });
  return all.filter(({ of }, i) => all.findIndex((other) => other.of === of) === i);
}
