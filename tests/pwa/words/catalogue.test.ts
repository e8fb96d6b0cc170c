/** The message catalogue is whole: both languages say the same things, and nothing on a screen is said outside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parse as parseMessage,
  TYPE,
  type MessageFormatElement,
} from '@formatjs/icu-messageformat-parser';
import { parse as parseSvelte } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { messages } from '../../../pwa/src/words/areas';
import '../../../pwa/src/words/office';

const SOURCE = join(import.meta.dirname, '../../../pwa/src');
const areas = Object.keys(messages.en);

/** Name and kind of every placeholder, in plurals and choices too. */
function placeholders(elements: MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    const own = `${element.value}:${TYPE[element.type]}`;
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return [own];
    return [own, ...Object.values(element.options).flatMap(({ value }) => placeholders(value))];
  });
}

const of = (text: string) => [...new Set(placeholders(parseMessage(text)))].sort();

test('every area is a file in both languages', () => {
  for (const lang of ['en', 'es']) {
    const files = readdirSync(`${SOURCE}/words/${lang}`).map((name) => name.replace('.json', ''));
    expect(files.sort()).toEqual([...areas].sort());
  }
});

describe.each(areas)('%s', (area) => {
  const [en, es] = [messages.en[area]!, messages.es[area]!];

  test('both languages have the same keys', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  test('both languages fill the same placeholders in', () => {
    for (const [key, text] of Object.entries(en))
      expect([key, of(es[key]!)]).toEqual([key, of(text)]);
  });

  test('no message is empty', () => {
    for (const texts of [en, es]) {
      for (const [key, text] of Object.entries(texts))
        expect([key, text.trim()]).not.toEqual([key, '']);
    }
  });
});

const components = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.svelte'),
);

test('there are components to look at', () => expect(components.length).toBeGreaterThan(40));

/** Attributes whose text a person reads or hears. */
const SPOKEN = [
  'aria-label',
  'aria-description',
  'alt',
  'title',
  'placeholder',
  'label',
  'detail',
  'subtitle',
];

function literals(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) for (const one of node) literals(one, found);
  else if (node && typeof node === 'object') {
    const { type, data, name, value } = node as Record<string, unknown>;
    if (type === 'Text' && /\p{L}/u.test(String(data))) found.push(String(data).trim());
    if (type === 'Attribute') {
      if (SPOKEN.includes(String(name)) && Array.isArray(value)) literals(value, found);
      return found;
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'metadata') literals(child, found);
  }
  return found;
}

test.each(components)('%s says nothing outside the catalogue', (path) => {
  const { fragment } = parseSvelte(readFileSync(`${SOURCE}/${path}`, 'utf8'), { modern: true });
  expect(literals(fragment)).toEqual([]);
});

test('a literal word in a component would be found', () => {
  const { fragment } = parseSvelte('<p>Hello</p><a aria-label="Call"></a><b title={x}>{y} · </b>', {
    modern: true,
  });
  expect(literals(fragment)).toEqual(['Hello', 'Call']);
});
