/** `t('area.key', params)`: a message in the language of the screen, its placeholders filled (ICU MessageFormat). */
import { IntlMessageFormat } from 'intl-messageformat';
import { messages, type Key } from './areas';
import { language, type Language } from './language.svelte';

export type Params = Record<string, string | number | Date>;

const compiled = new Map<string, IntlMessageFormat>();

export function t(key: Key, params?: Params): string {
  return tIn(language(), key, params);
}

/** The same in a language that is not the screen's: a summary in the patient's own. */
export function tIn(lang: Language, key: Key, params?: Params): string {
  const dot = key.indexOf('.');
  const text = messages[lang][key.slice(0, dot)]?.[key.slice(dot + 1)];
  if (text === undefined) return key;
  if (!text.includes('{')) return text;
  const id = `${lang} ${key}`;
  const format = compiled.get(id) ?? new IntlMessageFormat(text, lang);
  compiled.set(id, format);
  return String(format.format(params));
}
