/** Gives the headings of one document the anchors that GitHub gives them: the second `Example` is `example-1`. */
export function anchorMaker(): (heading: string) => string {
  const taken = new Map<string, number>();
  return (heading) => {
    const plain = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = plain;
    for (let count = taken.get(plain) ?? 0; taken.has(anchor); anchor = `${plain}-${count}`) {
      count += 1;
      taken.set(plain, count);
    }
    taken.set(anchor, 0);
    return anchor;
  };
}
