/** An age in words: exact where the birth date is, “about” where only its year or month is known. */
import { t } from '../../words';
import { ageOn } from './age';

export function ageText(birthDate: string | null, on: string): string | null {
  const age = birthDate === null ? null : ageOn(birthDate, on);
  if (!age) return null;
  if (age.least === age.most) return t('patients.age', { years: age.most });
  return t('patients.age_about', { years: age.most });
}
