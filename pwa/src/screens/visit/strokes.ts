/** A signature drawn on glass: points become an SVG path, in a box of fixed size, small enough to travel. */
export interface Point {
  x: number;
  y: number;
}

/** The box that every path is drawn in, whatever the size of the pad it was drawn on. */
export const BOX = { width: 600, height: 200 } as const;

/** One pen stroke of at least one point; smoothed through midpoints, rounded to whole units of the box. */
export function pathOfStroke(points: readonly Point[]): string {
  const kept = thinned(points);
  const [first, ...rest] = kept;
  if (!first) return '';
  const start = `M${at(first)}`;
  // A dot is a stroke of no length; round caps draw it.
  if (rest.length === 0) return `${start}L${at(first)}`;
  const curves = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] as Point;
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return [start, ...curves, `L${at(rest[rest.length - 1] as Point)}`].join('');
}

export function pathOfStrokes(strokes: readonly (readonly Point[])[]): string {
  return strokes.map(pathOfStroke).join('');
}

/** A point of the pad (`width` by `height` on screen) in the box. */
export function inBox(point: Point, width: number, height: number): Point {
  const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  return {
    x: clamp((point.x / width) * BOX.width, BOX.width),
    y: clamp((point.y / height) * BOX.height, BOX.height),
  };
}

/** Enough ink to be a mark somebody meant: longer than a slip of the thumb. */
export function isSigned(strokes: readonly (readonly Point[])[]): boolean {
  const length = strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0);
  return length >= BOX.height / 2;
}

function lengthOf(stroke: readonly Point[]): number {
  return stroke.slice(1).reduce((sum, point, index) => {
    const from = stroke[index] as Point;
    return sum + Math.hypot(point.x - from.x, point.y - from.y);
  }, 0);
}

/** Points closer together than the eye tells apart are left out; the last one always stays. */
function thinned(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const [index, point] of points.entries()) {
    const last = kept[kept.length - 1];
    const far = !last || Math.hypot(point.x - last.x, point.y - last.y) >= 3;
    if (far || (index === points.length - 1 && kept.length > 1)) kept.push(point);
  }
  return kept;
}

function at({ x, y }: Point): string {
  return `${Math.round(x)} ${Math.round(y)}`;
}
