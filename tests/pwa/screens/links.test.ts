import { expect, test } from 'vitest';
import { addressLine, mapLink, telephoneLink } from '../../../pwa/src/screens/links';

const address = {
  line: '12 Oak St & Elm',
  city: 'Eastvale',
  state: 'MA',
  postal_code: '01197',
  use: 'home',
};

test('a number is dialled without what people write between its digits', () => {
  expect(telephoneLink('+1 (413) 555-1160')).toBe('tel:+14135551160');
  expect(telephoneLink('555 0100,,12#')).toBe('tel:5550100,,12#');
});

test('an address stands in one line, whatever parts of it are known', () => {
  expect(addressLine(address)).toBe('12 Oak St & Elm, Eastvale, MA 01197');
  expect(addressLine({ city: 'Eastvale' })).toBe('Eastvale');
  expect(addressLine({})).toBe('');
});

test('the map opens by the scheme that the phone knows', () => {
  expect(mapLink(address, 'Mozilla/5.0 (Linux; Android 15)')).toBe(
    'geo:0,0?q=12%20Oak%20St%20%26%20Elm%2C%20Eastvale%2C%20MA%2001197',
  );
  expect(mapLink(address, 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)')).toMatch(
    /^maps:\/\/\?q=12%20Oak/,
  );
});
