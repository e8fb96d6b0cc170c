/** A reading typed on the pad, kept as text until it is whole: "12", "12,", "12,5". Pure. */

const MOST = 6;

export type KeyPress = 'erase' | 'sign' | '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

export function press(typed: string, key: KeyPress, decimalSign: string, digits: number): string {
  if (key === 'erase') return typed.slice(0, -1);
  if (key === 'sign')
    return digits === 0 || typed.includes(decimalSign) ? typed : `${typed || '0'}${decimalSign}`;
  const fraction = typed.split(decimalSign)[1];
  if (fraction !== undefined && fraction.length >= digits) return typed;
  if (typed.length >= MOST) return typed;
  return typed === '0' ? key : typed + key;
}

/** An upper pressure of three digits, or of two that cannot begin a third, is whole: the thumb need not move on. */
export function isPressureFull(typed: string): boolean {
  return typed.length >= 3 || (typed.length === 2 && Number(typed[0]) >= 3);
}
