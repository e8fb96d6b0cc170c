/**
 * The address as a route. It stands behind the `#`, so that no server ever sees which chart is open.
 *
 *   #/patients/0193…/0194…   →   { name: 'patients', parts: ['0193…', '0194…'] }
 */
export interface Route {
  name: string;
  parts: readonly string[];
  query: URLSearchParams;
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name, ...parts] = path.split('/').filter(Boolean).map(decode);
  return { name: name ?? 'today', parts, query: new URLSearchParams(query) };
}

/** The address of a route: `hrefOf('patients', id)` is `#/patients/ID`. */
export function hrefOf(name: string, ...parts: string[]): string {
  return '#/' + [name, ...parts].map(encodeURIComponent).join('/');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export class Router {
  route: Route = $state.raw(routeOf(''));

  constructor(private readonly page: Window) {
    this.route = routeOf(page.location.hash);
    page.addEventListener('hashchange', () => (this.route = routeOf(page.location.hash)));
  }

  go(href: string): void {
    this.page.location.hash = href.replace(/^#/, '');
  }

  /** Goes without leaving a step to come back to, as after a link that works once. */
  replace(href: string): void {
    this.page.history.replaceState(null, '', href);
    this.route = routeOf(href);
  }

  /** To where the member came from, else to `fallback`. */
  back(fallback: string): void {
    if (this.page.history.length > 1) this.page.history.back();
    else this.replace(fallback);
  }
}
