/** The language of the screens: one for the whole app, reactive, so that every text follows a change at once. */

export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

let chosen = $state<Language>('en');

export function language(): Language {
  return chosen;
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
