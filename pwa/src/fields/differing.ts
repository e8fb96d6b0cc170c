/** Texts that clash, sentence by sentence, so that a reader finds what differs without comparing word by word. */
import { language } from '../words';

export interface Passage {
  text: string;
  /** The sentence does not stand in every other text. */
  differs: boolean;
}

/** The passages of `text`, joined where neighbours are alike. */
export function differing(text: string, others: readonly string[]): Passage[] {
  const rivals = others.map((other) => new Set(sentences(other).map((one) => one.trim())));
  const passages: Passage[] = [];
  for (const sentence of sentences(text)) {
    const differs = rivals.some((rival) => !rival.has(sentence.trim()));
    const last = passages.at(-1);
    if (last?.differs === differs) last.text += sentence;
    else passages.push({ text: sentence, differs });
  }
  return passages;
}

function sentences(text: string): string[] {
  const segmenter = new Intl.Segmenter(language(), { granularity: 'sentence' });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
