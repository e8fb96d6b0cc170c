/** How old somebody is, from a birth date that may be only a year or a month. */

/** Whole years on the day `on` (YYYY-MM-DD): the least and the most that the known part of the date allows. */
export function ageOn(birthDate: string, on: string): { least: number; most: number } | null {
  const [year, month, day] = birthDate.split('-').map(Number);
  const [atYear, atMonth, atDay] = on.split('-').map(Number);
  if (!year || !atYear || !atMonth || !atDay || birthDate > on) return null;
  const years = (m: number, d: number) =>
    atYear - year - (atMonth < m || (atMonth === m && atDay < d) ? 1 : 0);
  return {
    least: Math.max(0, years(month ?? 12, day ?? 31)),
    most: years(month ?? 1, day ?? 1),
  };
}
