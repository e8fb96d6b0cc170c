/** Everything a screen needs to speak: messages, the catalogue's labels, dates and numbers, names. */
export { t, tIn, type Params } from './t';
export type { Key } from './areas';
export {
  LANGUAGES,
  bestLanguage,
  language,
  locale,
  localeOf,
  region,
  setLanguage,
  type Language,
} from './language.svelte';
export { help, label, labelIn, labelKnown, labelPlural } from './label';
export * from './format';
export { initials, listName, personName } from './names';
