/** Who somebody is, in one line: what they are called, pronouns, age, language. */
import type { Json } from '../../store/types';
import { formatLanguage, t } from '../../words';
import { ageText } from '../patients/age-text';

export function identityLine(fields: Record<string, Json>, today: string): string {
  const { preferred_name, pronouns, birth_date, deceased, deceased_date, language } = fields;
  const until = deceased === 'deceased' ? deceased_date : today;
  const age =
    typeof birth_date === 'string' && typeof until === 'string' && ageText(birth_date, until);
  return [
    preferred_name && t('patients.called', { name: String(preferred_name) }),
    pronouns,
    age,
    language && formatLanguage(String(language)),
  ]
    .filter(Boolean)
    .join(' · ');
}
