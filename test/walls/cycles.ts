/**
 * The cycles of a graph, each as a path that ends where it began: one for each back edge that a depth-first walk meets, so none is reported
 * exactly when there is none. Edges to nodes that are not keys are ignored.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (node: string) => {
    const begin = path.indexOf(node);
    if (begin >= 0) cycles.push([...path.slice(begin), node]);
    if (begin >= 0 || done.has(node)) return;
    path.push(node);
    for (const next of edges.get(node) ?? []) if (edges.has(next)) visit(next);
    path.pop();
    done.add(node);
  };

  for (const node of edges.keys()) visit(node);
  return cycles;
}
