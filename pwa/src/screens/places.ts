/**
 * Where the reader was on each page: a new page begins at its top, and back leads to the line that was left.
 * The browser's own restoring comes before the screen is drawn, so it cannot do this for pages behind the `#`.
 */
export class Places {
  private readonly top = new Map<number, number>();
  private current = 0;
  private next = 1;

  constructor(private readonly page: Window) {
    page.history.scrollRestoration = 'manual';
    this.current = this.keyHere();
    page.addEventListener('scroll', () => this.top.set(this.current, page.scrollY), {
      passive: true,
    });
  }

  /** Called when another page has been drawn. True when it is new and not come back to. */
  arrive(): boolean {
    const isNew = this.page.history.state?.place === undefined;
    this.current = this.keyHere();
    this.page.scrollTo({ top: this.top.get(this.current) ?? 0, behavior: 'instant' });
    return isNew;
  }

  /** The history entry's own number, given when it is first seen. Numbers of an earlier load are unknown here. */
  private keyHere(): number {
    const { history } = this.page;
    const key: unknown = history.state?.place;
    if (typeof key === 'number') {
      this.next = Math.max(this.next, key + 1);
      return key;
    }
    const given = this.next++;
    history.replaceState({ ...history.state, place: given }, '');
    return given;
  }
}
