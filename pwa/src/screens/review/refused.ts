/** A change that was not accepted, told line by line, so that its author knows what they would let go of. */
import { fieldNamed } from '../../fields/catalogue';
import { displayField } from '../../fields/display';
import { likeness } from '../../fields/unknown';
import { wordsOf } from '../../fields/words';
import type { Change, Json } from '../../store/types';
import { language, t } from '../../words';

export interface Line {
  name: string;
  value: string;
}

export function linesOf(change: Change, nameOf: (id: string) => string | null): Line[] {
  if (change.delete !== undefined)
    return [
      {
        name: t('review.deletion'),
        value: t(change.delete ? 'review.you_deleted' : 'review.you_kept'),
      },
    ];
  const told = (field: string, value: Json): Line => {
    const words = wordsOf(change.kind, field);
    const shape = fieldNamed(change.kind, field) ?? likeness(field, value);
    const reading = { lang: language(), words, nameOf };
    return { name: words.label, value: displayField(shape, value, reading) };
  };
  return [
    ...Object.entries(change.set ?? {}).map(([field, value]) => told(field, value)),
    ...Object.entries(change.add ?? {}).map(([field, value]) =>
      prefixed(told(field, value), 'review.added'),
    ),
    ...Object.entries(change.remove ?? {}).map(([field, value]) =>
      prefixed(told(field, value), 'review.removed'),
    ),
  ];
}

function prefixed({ name, value }: Line, key: 'review.added' | 'review.removed'): Line {
  return { name: t(key, { field: name }), value };
}
