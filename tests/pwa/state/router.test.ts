import { expect, test } from 'vitest';
import { hrefOf, routeOf, Router } from '../../../pwa/src/state/router.svelte';

test('an address is a name, its parts and a query', () => {
  expect(routeOf('#/patients/0193/0194')).toMatchObject({
    name: 'patients',
    parts: ['0193', '0194'],
  });
  expect(routeOf('#/visits/0193/summary?lang=es').query.get('lang')).toBe('es');
  expect(routeOf('')).toMatchObject({ name: 'today', parts: [] });
  expect(routeOf('#/')).toMatchObject({ name: 'today', parts: [] });
});

test('an address made and read again is the same', () => {
  const href = hrefOf('join', 'a/b c%');
  expect(routeOf(href)).toMatchObject({ name: 'join', parts: ['a/b c%'] });
  expect(routeOf('#/join/%E0%A4%A')).toMatchObject({ parts: ['%E0%A4%A'] });
});

function page() {
  const listeners: (() => void)[] = [];
  const went: string[] = [];
  const location = { hash: '#/today' };
  const history = {
    length: 1,
    replaceState: (_: unknown, __: string, href: string) => void went.push(`replace ${href}`),
    back: () => void went.push('back'),
  };
  const addEventListener = (_: string, listener: () => void) => void listeners.push(listener);
  return { location, history, addEventListener, went, move: () => listeners.forEach((l) => l()) };
}

test('the route follows the address', () => {
  const fake = page();
  const router = new Router(fake as unknown as Window);
  expect(router.route.name).toBe('today');
  router.go('#/tasks');
  expect(fake.location.hash).toBe('/tasks');
  fake.location.hash = '#/tasks';
  fake.move();
  expect(router.route.name).toBe('tasks');
});

test('replacing leaves no step to come back to, and back without one goes to the fallback', () => {
  const fake = page();
  const router = new Router(fake as unknown as Window);
  router.back('#/patients');
  expect(fake.went).toEqual(['replace #/patients']);
  expect(router.route.name).toBe('patients');
  fake.history.length = 2;
  router.back('#/patients');
  expect(fake.went.at(-1)).toBe('back');
});
