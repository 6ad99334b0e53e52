import type { Emitter } from 'highlight.js';

/**
 * Gathers what highlight.js finds as nodes, where its own gathers HTML. A scope becomes `hl-` with the first word of its name: `title.function`
 * is a `title`.
 */
export class NodeEmitter implements Emitter {
  readonly root: DocumentFragment = document.createDocumentFragment();
  #open: ParentNode[] = [this.root];

  addText(text: string): void {
    this.#top.append(text);
  }

  startScope(scope: string): void {
    const span = document.createElement('span');
    span.className = `hl-${scope.split('.', 1)[0]}`;
    this.#top.append(span);
    this.#open.push(span);
  }

  endScope(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  /** Older names of the same, which the core still calls. */
  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(inner: Emitter): void {
    if (inner instanceof NodeEmitter) this.#top.append(inner.root);
  }

  finalize(): void {
    this.#open = [this.root];
  }

  /** Nobody reads the HTML. */
  toHTML(): string {
    return '';
  }

  get #top(): ParentNode {
    return this.#open.at(-1) ?? this.root;
  }
}
