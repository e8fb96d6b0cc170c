/**
 * What the browser calls a page. It keeps that in its history, in its list of favourite sites and in the title of a
 * window, none of which is sealed: so a title is a word of ours, chosen by the address alone, and never a name.
 */
import type { Route } from '../state/router.svelte';
import type { Phase } from '../state/types';
import type { Key } from '../words';

export function pageTitle(phase: Phase, route: Route): Key {
  if (phase === 'locked' || phase === 'leased') return 'signin.locked';
  if (phase !== 'open') return 'signin.title';
  const [first, second] = route.parts;
  switch (route.name) {
    case 'today':
    case 'patients':
    case 'tasks':
    case 'review':
    case 'more':
    case 'sync':
    case 'settings':
      if (route.name === 'patients' && first) return 'chart.chart';
      if (route.name === 'settings' && first === 'security') return 'security.title';
      return `shell.${route.name}`;
    case 'visits':
      return second === 'summary' ? 'summary.heading' : 'visit.title';
    case 'office':
      return 'rooms.section';
    default:
      return 'shell.brand';
  }
}
