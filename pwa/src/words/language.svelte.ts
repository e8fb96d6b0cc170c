/** The language of the screens: one for the whole app, reactive, so that every text follows a change at once. */

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

let chosen = $state<Language>('en');

export function language(): Language {
  return chosen;
}

/** The language with the country of this phone, for dates and numbers: Spanish in Boston writes “3:13 p.m.” and 1.5. */
export function localeOf(lang: Language): string {
  const country = region();
  return country ? `${lang}-${country}` : lang;
}

/** The country that this phone is set to: of its first language that names one (browsers also say “en-US@posix”). */
export function region(): string | undefined {
  for (const tag of navigator.languages) {
    const found = /-([A-Z]{2})(?![A-Za-z])/.exec(tag)?.[1];
    if (found) return found;
  }
  return undefined;
}

export function locale(): string {
  return localeOf(chosen);
}

export function setLanguage(lang: string): void {
  chosen = bestLanguage([lang]);
}

/** The first of the wanted languages (BCP 47, best first) that the app speaks; English where it speaks none. */
export function bestLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    const found = LANGUAGES.find((lang) => lang === base);
    if (found) return found;
  }
  return 'en';
}
