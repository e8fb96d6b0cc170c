/** Who somebody is, in one line: what they are called, pronouns, age, language. */
import type { Json, PersonName } from '../../store/types';
import { formatLanguage, t } from '../../words';
import { ageText } from '../patients/age-text';

export function identityLine(fields: Record<string, Json>, today: string): string {
  const { name, preferred_name, pronouns, birth_date, deceased, deceased_date, language } = fields;
  const until = deceased === 'deceased' ? deceased_date : today;
  const age =
    typeof birth_date === 'string' && typeof until === 'string' && ageText(birth_date, until);
  return [
    calledText(name, preferred_name),
    pronouns,
    age,
    language && formatLanguage(String(language)),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** How they like to be called, where it is not the name that stands above anyway. */
export function calledText(
  name: Json | PersonName | undefined,
  preferred: Json | undefined,
): string | null {
  if (typeof preferred !== 'string' || preferred === '') return null;
  const given = (name as PersonName | null)?.given ?? '';
  return given.split(' ')[0] === preferred ? null : t('patients.called', { name: preferred });
}
