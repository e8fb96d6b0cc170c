/** Which number of several is called: one in use for speaking, a mobile before the others. */
import type { Json } from '../../store/types';

export function telephoneOf(telecom: Json | undefined): string | null {
  if (!Array.isArray(telecom)) return null;
  const numbers = telecom.flatMap((one) => {
    if (one === null || typeof one !== 'object' || Array.isArray(one)) return [];
    const { system, value, use } = one;
    const speaks = system === 'phone' || system === 'sms';
    return speaks && use !== 'old' && typeof value === 'string' ? [{ value, use }] : [];
  });
  return (numbers.find(({ use }) => use === 'mobile') ?? numbers[0])?.value ?? null;
}
