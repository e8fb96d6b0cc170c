/** How a field is laid out, from its type alone. */
import type { Field, ValueShape } from './catalogue';

/** Shown as a group of controls with a name of its own, not as one control under a label. */
export function isGroup(shape: ValueShape): boolean {
  if (
    shape.type === 'object' ||
    shape.type === 'boolean' ||
    shape.type === 'zoned' ||
    shape.type === 'file'
  )
    return true;
  if (shape.type === 'date') return shape.partial === true;
  return shape.type === 'choice' && (shape.choices?.length ?? 0) <= 4;
}

/** The parts that say who added an element and when: the phone knows, and asks nobody. */
export function isStamp({ name, type, kinds }: ValueShape): boolean {
  return (
    (name === 'at' && type === 'datetime') ||
    (name === 'by' && type === 'reference' && kinds?.[0] === 'member')
  );
}

/** A code of a published list, which the name beside it already says in words: nobody's first concern. */
export function isCoding({ type, parts }: ValueShape): boolean {
  return (
    type === 'object' &&
    ['system', 'code'].every((name) => parts?.some((part) => part.name === name))
  );
}

/** A set of codes is ticked, not listed. */
export function isTicked(field: Field): boolean {
  return field.rule === 'add_wins' && field.type === 'choice';
}
