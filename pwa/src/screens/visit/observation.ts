/** A measurement as people read it: "128/76 mmHg", "98.6 °F". Units are stored in UCUM. */
import type { RecordShown } from '../../store/types';
import { labelIn, language, localeOf, tIn, type Language } from '../../words';

const SIGNS: Record<string, string> = {
  'mm[Hg]': 'mmHg',
  mmHg: 'mmHg',
  Cel: '°C',
  '[degF]': '°F',
  '[lb_av]': 'lb',
  '[in_i]': 'in',
  'kg/m2': 'kg/m²',
};

export function displayUnit(unit: string, lang: Language = language()): string {
  if (unit === '/min') return tIn(lang, 'visit.unit_per_minute');
  if (unit === '{score}') return '';
  return SIGNS[unit] ?? unit;
}

export function displayReading({ fields }: RecordShown, lang: Language = language()): string {
  const number = new Intl.NumberFormat(localeOf(lang), { maximumFractionDigits: 2 });
  const unit = typeof fields.unit === 'string' ? displayUnit(fields.unit, lang) : '';
  if (typeof fields.systolic === 'number' && typeof fields.diastolic === 'number')
    return joined(`${number.format(fields.systolic)}/${number.format(fields.diastolic)}`, unit);
  if (typeof fields.value === 'number') return joined(number.format(fields.value), unit);
  return typeof fields.value_text === 'string' ? fields.value_text : '';
}

export function nameOfReading({ fields }: RecordShown, lang: Language = language()): string {
  if (typeof fields.name === 'string' && fields.name) return fields.name;
  return labelIn(lang, 'observation', 'code', String(fields.code ?? ''));
}

/** A percent sign stands close; every other unit after a space that does not break. */
function joined(value: string, unit: string): string {
  return unit ? `${value}\u00a0${unit}` : value;
}
