/**
 * The costs x ≥ 0 that explain best what was used: each row says how often each thing was done, and how much was used in all. Errors count relative to what was
 * used, so that a long measurement does not outweigh a short one. Coordinate descent: rows and columns are a handful.
 */
export function leastSquares(rows: readonly { readonly counts: readonly number[]; readonly used: number }[]): number[] {
  const width = rows[0]?.counts.length ?? 0;
  // What took nothing that could be seen says nothing about what it consists of.
  const scaled = rows.filter(({ used }) => used > 0).map(({ counts, used }) => counts.map((count) => count / used));
  const x = Array.from({ length: width }, () => 0);
  for (let round = 0; round < 20_000; round += 1) {
    for (let column = 0; column < width; column += 1) {
      let [above, below] = [0, 0];
      for (const row of scaled) {
        const others = row.reduce((sum, value, n) => (n === column ? sum : sum + value * (x[n] as number)), 0);
        above += (row[column] as number) * (1 - others);
        below += (row[column] as number) ** 2;
      }
      x[column] = below === 0 ? 0 : Math.max(0, above / below);
    }
  }
  return x;
}
