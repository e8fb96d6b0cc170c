import { afterEach, expect, test } from 'vitest';
import {
  bestLanguage,
  initials,
  label,
  labelPlural,
  listName,
  personName,
  setLanguage,
  t,
  tIn,
} from '../../../pwa/src/words';

afterEach(() => setLanguage('en'));

test('a message follows the language of the screen', () => {
  expect(t('shell.today')).toBe('Today');
  setLanguage('es-MX');
  expect(t('shell.today')).toBe('Hoy');
});

test('a message can be had in a language that is not the screen’s', () => {
  expect(tIn('es', 'shell.tasks')).toBe('Tareas');
});

test('a count takes its plural', () => {
  expect(t('shell.unsent', { count: 1 })).toBe('1 change not sent');
  expect(t('shell.unsent', { count: 12 })).toBe('12 changes not sent');
  expect(tIn('es', 'shell.unsent', { count: 12 })).toBe('12 cambios sin enviar');
});

test('visits left are told in words, down to none', () => {
  expect(t('today.left', { all: 0, left: 0 })).toBe('No visits today');
  expect(t('today.left', { all: 3, left: 1 })).toBe('1 visit to go');
  expect(t('today.left', { all: 3, left: 0 })).toBe('All visits done');
});

test('the app speaks the first language of the phone that it knows', () => {
  expect(bestLanguage(['fr-FR', 'es-US', 'en'])).toBe('es');
  expect(bestLanguage(['zh'])).toBe('en');
});

test('kinds, fields, parts and choices are called as the catalogue calls them', () => {
  expect(label('medication')).toBe('Medication');
  expect(labelPlural('medication')).toBe('Medications');
  expect(label('medication', 'dose')).toBe('Dose');
  expect(label('patient', 'telecom.use', 'home')).toBe('Home');
  setLanguage('es');
  expect(label('medication', 'dose')).toBe('Dosis');
});

test('what a newer server knows and we do not is shown by its name, made readable', () => {
  expect(label('medication', 'shelf_life')).toBe('Shelf life');
  expect(label('moon_phase')).toBe('Moon phase');
  expect(label('patient', 'telecom.ring_tone')).toBe('Ring tone');
});

test('a name is spoken with its title and listed without', () => {
  const name = { prefix: 'Ms.', given: 'Ana María', family: 'Ruiz' };
  expect(personName(name)).toBe('Ms. Ana María Ruiz');
  expect(listName(name)).toBe('Ana María Ruiz');
  expect(personName('Linh Vu')).toBe('Linh Vu');
  expect(personName(undefined)).toBe('');
});

test('initials leave titles out and know every script', () => {
  expect(initials('Dr. Pilar Sotomayor Vega')).toBe('PV');
  expect(initials('Ángel Núñez')).toBe('ÁN');
  expect(initials('王 芳')).toBe('王芳');
  expect(initials('')).toBe('');
});
