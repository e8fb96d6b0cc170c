/** What a field, or a part of one, calls itself and its choices: from the catalogue, in one language. */
import { labelIn, language, type Language } from '../words';
import { fieldNamed, type ValueShape } from './catalogue';

export interface FieldWords {
  label: string;
  help: string | null;
  choice: (code: string) => string;
  part: (name: string) => FieldWords;
}

export function wordsOf(kind: string, field: string, lang: Language = language()): FieldWords {
  const shape = fieldNamed(kind, field);
  return shape ? wordsOfShape(shape, lang) : unknown(kind, field, lang);
}

function wordsOfShape(shape: ValueShape, lang: Language): FieldWords {
  return {
    label: shape.labels?.[lang] ?? shape.name,
    help: shape.help?.[lang] ?? null,
    choice: (code) => shape.choice_labels?.[code]?.[lang] ?? code,
    part: (name) => {
      const part = shape.parts?.find((one) => one.name === name);
      return part
        ? wordsOfShape(part, lang)
        : { ...wordsOfShape({ ...shape, parts: [] }, lang), label: name };
    },
  };
}

/** A field that a newer server sent is called by its name. */
function unknown(kind: string, field: string, lang: Language): FieldWords {
  const words: FieldWords = {
    label: labelIn(lang, kind, field),
    help: null,
    choice: (code) => code,
    part: () => words,
  };
  return words;
}
