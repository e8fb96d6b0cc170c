/**
 * The quick vitals of a visit: what is measured, in which units, and when a reading deserves a second look.
 * Codes are LOINC, units UCUM. Nothing is refused: a reading out of its range is asked about, then kept as given.
 *
 * `usual` catches slips of the finger: readings outside it are rarely true outside a hospital.
 * `alarm` are readings worth a call to a clinician before leaving: those that NEWS2 scores 3, and fever from its
 * highest step on (Royal College of Physicians, National Early Warning Score 2, 2017, chart 1); a pressure above
 * 180/120, a hypertensive crisis (ACC/AHA guideline, 2017, section 11.2); glucose below 54 mg/dL, level 2
 * hypoglycaemia (American Diabetes Association, Standards of Care 2024, section 6), and from 300 mg/dL on, when the
 * CDC sends people for help (Diabetic Ketoacidosis).
 */
import type { Json } from '../../store/types';

export interface Unit {
  ucum: string;
  /** This unit's value of one value in the vital's first unit. */
  from: (value: number) => number;
  to: (value: number) => number;
  digits: number;
}

export interface Part {
  name: 'value' | 'systolic' | 'diastolic';
  usual: readonly [number, number];
  alarm?: readonly [number | null, number | null];
}

export interface Vital {
  key: 'blood_pressure' | 'pulse' | 'temperature' | 'weight' | 'oxygen' | 'glucose' | 'pain';
  code: string;
  parts: readonly Part[];
  units: readonly [Unit, ...Unit[]];
}

const same = (value: number): number => value;

export const VITALS: readonly Vital[] = [
  {
    key: 'blood_pressure',
    code: '85354-9',
    parts: [
      { name: 'systolic', usual: [70, 240], alarm: [90, 181] },
      { name: 'diastolic', usual: [35, 140], alarm: [null, 121] },
    ],
    units: [{ ucum: 'mm[Hg]', from: same, to: same, digits: 0 }],
  },
  {
    key: 'pulse',
    code: '8867-4',
    parts: [{ name: 'value', usual: [35, 200], alarm: [40, 131] }],
    units: [{ ucum: '/min', from: same, to: same, digits: 0 }],
  },
  {
    key: 'temperature',
    code: '8310-5',
    parts: [{ name: 'value', usual: [34, 41.5], alarm: [35, 39.1] }],
    units: [
      { ucum: 'Cel', from: same, to: same, digits: 1 },
      { ucum: '[degF]', from: (c) => (c * 9) / 5 + 32, to: (f) => ((f - 32) * 5) / 9, digits: 1 },
    ],
  },
  {
    key: 'weight',
    code: '29463-7',
    parts: [{ name: 'value', usual: [30, 250] }],
    units: [
      { ucum: 'kg', from: same, to: same, digits: 1 },
      // The international pound, exactly (NIST Handbook 44, appendix C).
      { ucum: '[lb_av]', from: (kg) => kg / 0.45359237, to: (lb) => lb * 0.45359237, digits: 1 },
    ],
  },
  {
    key: 'oxygen',
    code: '59408-5',
    parts: [{ name: 'value', usual: [70, 100], alarm: [91, null] }],
    units: [{ ucum: '%', from: same, to: same, digits: 0 }],
  },
  {
    key: 'glucose',
    code: '2339-0',
    parts: [{ name: 'value', usual: [30, 500], alarm: [53, 300] }],
    units: [
      { ucum: 'mg/dL', from: same, to: same, digits: 0 },
      // 180.156 g/mol of glucose: 1 mmol/L is 18.0156 mg/dL.
      { ucum: 'mmol/L', from: (mg) => mg / 18.0156, to: (mmol) => mmol * 18.0156, digits: 1 },
    ],
  },
  {
    key: 'pain',
    code: '72514-3',
    parts: [{ name: 'value', usual: [0, 10] }],
    units: [{ ucum: '{score}', from: same, to: same, digits: 0 }],
  },
];

export type Reading = Partial<Record<Part['name'], number>>;

export interface Doubt {
  part: Part['name'];
  kind: 'unusual' | 'alarm' | 'swapped';
  /** The bounds of the range it lies outside of, in the unit it was read in. */
  low?: number;
  high?: number;
}

/** The reading that a stored observation holds, where its unit is one of the vital's. */
export function readingIn(
  vital: Vital,
  fields: Record<string, Json>,
): { reading: Reading; unit: Unit } | null {
  const unit = vital.units.find(({ ucum }) => ucum === fields.unit);
  const read = vital.parts.flatMap(({ name }) => {
    const value = fields[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  const reading: Reading = Object.fromEntries(read);
  return unit && isWhole(vital, reading) ? { reading, unit } : null;
}

/** What to ask about a reading; nothing where it looks right. */
export function doubtsOf(vital: Vital, unit: Unit, reading: Reading): Doubt[] {
  const doubts: Doubt[] = [];
  const { systolic, diastolic } = reading;
  if (systolic !== undefined && diastolic !== undefined && diastolic >= systolic)
    return [{ part: 'diastolic', kind: 'swapped' }];
  for (const part of vital.parts) {
    const read = reading[part.name];
    if (read === undefined) continue;
    const value = unit.to(read);
    const [low, high] = part.usual;
    const [least, most] = part.alarm ?? [null, null];
    if (value < low || value > high)
      doubts.push({
        part: part.name,
        kind: 'unusual',
        low: shown(unit, low),
        high: shown(unit, high),
      });
    if ((least !== null && value <= least) || (most !== null && value >= most))
      doubts.push({ part: part.name, kind: 'alarm' });
  }
  return doubts;
}

/** A reading is whole when every part has a number: half a blood pressure is none. */
export function isWhole(vital: Vital, reading: Reading): boolean {
  return vital.parts.every(({ name }) => reading[name] !== undefined);
}

/** Fahrenheit and pounds where people use them (the United States), else the first unit; mmol/L outside a few. */
export function usualUnit(vital: Vital, region: string | undefined): Unit {
  const second = vital.units[1];
  if (!second) return vital.units[0];
  const imperial = region === 'US';
  if (vital.key === 'glucose')
    return ['GB', 'IE', 'CA', 'AU', 'NZ'].includes(region ?? '') ? second : vital.units[0];
  return imperial ? second : vital.units[0];
}

function shown(unit: Unit, value: number): number {
  return Number(unit.from(value).toFixed(unit.digits));
}
