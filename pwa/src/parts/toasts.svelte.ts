/** Short news at the foot of the screen, one at a time; with an action it stays long enough to be reached. */

export interface Toast {
  text: string;
  action?: { label: string; run: () => void };
}

const BRIEF = 4_000;
const WITH_ACTION = 8_000;

let shown = $state.raw<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function currentToast(): Toast | null {
  return shown;
}

export function toast(text: string, action?: Toast['action']): void {
  clearTimeout(timer);
  shown = action ? { text, action } : { text };
  timer = setTimeout(dismissToast, action ? WITH_ACTION : BRIEF);
}

export function dismissToast(): void {
  clearTimeout(timer);
  shown = null;
}
