/** Numbers as people type them: a comma or a point for the fraction, digits of any script, spaces ignored. */

/**
 * The number typed; null for nothing; undefined where it is none or could be read in two ways: "1,234" is a
 * thousand to one reader and little more than one to another, and a dose must not depend on who reads it.
 */
export function numberOf(typed: string, lang: string): number | null | undefined {
  const text = [...typed.normalize('NFKC')]
    .map(asciiDigit)
    .join('')
    .replace(/[\s\u00a0\u202f]/g, '')
    .replace(/^[−–]/, '-');
  if (text === '') return null;
  const found = /^(-?\d*)(?:([.,٫])(\d*))?$/.exec(text);
  if (!found) return undefined;
  const [, whole = '', sign, fraction = ''] = found;
  if (!/\d/.test(whole + fraction)) return undefined;
  if (sign && sign !== decimalSign(lang) && fraction.length === 3 && !/^-?0?$/.test(whole))
    return undefined;
  return Number(`${whole || '0'}.${fraction || '0'}`.replace(/^-\./, '-0.'));
}

/** How a stored number stands in an input of this language: its own decimal sign, no grouping. */
export function typedNumber(value: number | null | undefined, lang: string): string {
  if (value === null || value === undefined) return '';
  const format = {
    useGrouping: false,
    maximumFractionDigits: 10,
    numberingSystem: 'latn',
  } as const;
  return new Intl.NumberFormat(lang, format).format(value);
}

export function decimalSign(lang: string): string {
  const parts = new Intl.NumberFormat(lang, { numberingSystem: 'latn' }).formatToParts(1.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}

function asciiDigit(character: string): string {
  const code = character.codePointAt(0) as number;
  // Arabic-Indic, Persian, Devanagari, Bengali: each a run of ten code points beginning with zero.
  for (const zero of [0x0660, 0x06f0, 0x0966, 0x09e6]) {
    if (code >= zero && code <= zero + 9) return String(code - zero);
  }
  return character;
}
