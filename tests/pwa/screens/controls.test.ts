/**
 * What is typed into a form, a browser keeps: for its next suggestion, and in its session so that a page comes back as
 * it was. Neither place is sealed, and `autocomplete="off"` keeps a control out of both.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../../pwa/src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);

/** Every control in a component, with what it says of autocomplete. */
function controlsIn(file: string): string[] {
  const found: string[] = [];
  const source = readFileSync(join(SOURCE, file), 'utf8');
  JSON.stringify(parse(source, { modern: true }).fragment, (_, node: AST.RegularElement | null) => {
    if (node?.type === 'RegularElement' && /^(input|textarea|select)$/.test(node.name)) {
      const says = node.attributes.find((one) => 'name' in one && one.name === 'autocomplete');
      found.push(says ? source.slice(says.start, says.end) : `${file}: ${node.name}`);
    }
    return node;
  });
  return found;
}

test('no control leaves what is typed to the browser; a passphrase is its keeper’s', () => {
  const all = files.flatMap(controlsIn);
  expect(all.length).toBeGreaterThan(30);
  expect(new Set(all)).toEqual(new Set(['autocomplete="off"', 'autocomplete={kind}']));
});
