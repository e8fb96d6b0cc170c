/** How this phone speaks and looks: no secret, so kept plain, and known on the lock screen. */
import type { Lang, TextSize, Theme } from './types';

interface Kept {
  lang: Lang;
  theme: Theme;
  textSize: TextSize;
}

const KEY = 'doorstep.settings';

export class Settings {
  lang: Lang = $state('en');
  theme: Theme = $state('system');
  textSize: TextSize = $state(1);

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'>,
    languages: readonly string[] = [],
  ) {
    const preferred = languages.map((tag) => tag.slice(0, 2)).find((lang) => isLang(lang));
    this.lang = preferred ?? 'en';
    this.#take(storage.getItem(KEY));
  }

  /** Changes some settings and keeps them. */
  change(some: Partial<Kept>): void {
    Object.assign(this, some);
    const { lang, theme, textSize } = this;
    this.storage.setItem(KEY, JSON.stringify({ lang, theme, textSize } satisfies Kept));
  }

  #take(text: string | null): void {
    try {
      const kept = JSON.parse(text ?? '{}') as Partial<Kept>;
      if (isLang(kept.lang)) this.lang = kept.lang;
      if (kept.theme === 'light' || kept.theme === 'dark') this.theme = kept.theme;
      if (kept.textSize === 1.15 || kept.textSize === 1.3) this.textSize = kept.textSize;
    } catch {
      // Somebody else wrote it: the defaults stand.
    }
  }
}

function isLang(tag: unknown): tag is Lang {
  return tag === 'en' || tag === 'es';
}
