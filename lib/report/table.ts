import { safe } from './words.js';

/** Rows as lines of aligned columns, two blanks apart; `shown` may be longer on the screen's side (colour), never wider. */
export function table(rows: string[][], shown: (cell: string, row: number, column: number) => string = (cell) => cell) {
  const cells = rows.map((row) => row.map((cell) => safe(cell, 120)));
  const widths = cells.reduce<number[]>((widest, row) => {
    row.forEach((cell, i) => {
      widest[i] = Math.max(widest[i] ?? 0, cell.length);
    });
    return widest;
  }, []);
  return cells.map((row, r) =>
    row
      .map((cell, c) => shown(cell, r, c) + ' '.repeat((widths[c] ?? 0) - cell.length))
      .join('  ')
      .trimEnd(),
  );
}
