/** What every editor of one value is given. A value goes in, what the author makes of it comes out; nothing is kept. */
import { createContext } from 'svelte';
import type { Json, RecordShown } from '../../store/types';
import type { ValueShape } from '../catalogue';
import type { FieldWords } from '../words';

export interface EditorProps {
  id: string;
  shape: ValueShape;
  words: FieldWords;
  value: Json;
  /** The ids of the elements that explain it, for aria-describedby. */
  describedby?: string | undefined;
  invalid?: boolean;
  onchange: (value: Json) => void;
}

/** Where references find what they may name, and files their bytes. */
export interface Surroundings {
  /** Records of these kinds that this phone holds: of the chart, then of the library. */
  of: (kinds: readonly string[]) => RecordShown[];
  nameOf: (id: string) => string | null;
  fileOf: (value: Json) => Promise<Blob | null>;
}

export const [useSurroundings, provideSurroundings] = createContext<Surroundings>();
