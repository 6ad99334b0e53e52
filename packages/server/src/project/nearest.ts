/**
 * The known word that was probably meant, or undefined when none is near. Case, `-` and `_` do not count. The room `config` has the same for its
 * own words: the two rooms stand apart, and a few lines are cheaper than a door between them.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = simplify(word);
  const ranked = known
    .map((name) => ({ name, distance: distance(plain, simplify(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(plain.length / 3)) ? best.name : undefined;
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}

/** How many letters are put in, left out, replaced or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : replaced;
      row[j] = Math.min(row[j - 1]! + 1, rows[i - 1]![j]! + 1, replaced, swapped);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
