/**
 * Shapes in image pixels: y upwards, 0-based, at pixel centres. Two-point shapes are a centre and
 * an extent: (width, height) of a rectangle, the semi-axes (along y, along x) of an ellipse.
 * Rotation is in degrees, counter-clockwise.
 */
import { RegionType, type Point, type RegionInfo } from "./messages.js";

export type Shape = RegionInfo;
export type Kind = "point" | "rectangle" | "ellipse" | "polygon";

const KINDS: Record<Kind, number> = {
  point: RegionType.POINT,
  rectangle: RegionType.RECTANGLE,
  ellipse: RegionType.ELLIPSE,
  polygon: RegionType.POLYGON,
};

/** Smallest width, height or semi-axis. */
const SMALLEST = 0.5;

export function kindOf(shape: Shape): Kind {
  const found = (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind] === shape.regionType);
  return found ?? "polygon";
}

function make(kind: Kind, controlPoints: Point[]): Shape {
  return { regionType: KINDS[kind], controlPoints, rotation: 0 };
}

/** The shape that a drag from one corner to the other draws. */
export function drawn(kind: Kind, from: Point, to: Point): Shape {
  if (kind === "point") return make(kind, [to]);
  const centre = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const size = {
    x: Math.max(Math.abs(to.x - from.x), SMALLEST),
    y: Math.max(Math.abs(to.y - from.y), SMALLEST),
  };
  if (kind === "rectangle") return make(kind, [centre, size]);
  return make(kind, [centre, { x: size.y / 2, y: size.x / 2 }]);
}

export function polygon(vertices: Point[]): Shape {
  return make("polygon", vertices);
}

/** A shape of moderate size around a point, for users who draw by keyboard. */
export function around(kind: Kind, centre: Point, radius: number): Shape {
  if (kind !== "polygon") {
    const at = (sign: number) => ({ x: centre.x + sign * radius, y: centre.y + sign * radius });
    return kind === "point" ? make(kind, [centre]) : drawn(kind, at(-1), at(1));
  }
  const vertices = [0, 1, 2, 3, 4].map((corner) => {
    const angle = Math.PI / 2 + (corner * 2 * Math.PI) / 5;
    return {
      x: centre.x + radius * Math.cos(angle),
      y: centre.y + radius * Math.sin(angle),
    };
  });
  return polygon(vertices);
}

const hasExtent = (shape: Shape) => ["rectangle", "ellipse"].includes(kindOf(shape));

export function centreOf(shape: Shape): Point {
  const points = hasExtent(shape) ? shape.controlPoints.slice(0, 1) : shape.controlPoints;
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

export function moved(shape: Shape, dx: number, dy: number): Shape {
  const extent = hasExtent(shape);
  const controlPoints = shape.controlPoints.map((point, index) =>
    extent && index === 1 ? point : { x: point.x + dx, y: point.y + dy },
  );
  return { ...shape, controlPoints };
}

export function scaled(shape: Shape, factor: number): Shape {
  if (kindOf(shape) === "point") return shape;
  const centre = centreOf(shape);
  const controlPoints = shape.controlPoints.map((point, index) => {
    if (!hasExtent(shape)) {
      return {
        x: centre.x + (point.x - centre.x) * factor,
        y: centre.y + (point.y - centre.y) * factor,
      };
    }
    if (index === 0) return point;
    return { x: Math.max(point.x * factor, SMALLEST), y: Math.max(point.y * factor, SMALLEST) };
  });
  return { ...shape, controlPoints };
}

function turn(point: Point, about: Point, degrees: number): Point {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const [dx, dy] = [point.x - about.x, point.y - about.y];
  return { x: about.x + dx * cos - dy * sin, y: about.y + dx * sin + dy * cos };
}

export function rotated(shape: Shape, degrees: number): Shape {
  if (kindOf(shape) === "point") return shape;
  if (hasExtent(shape)) return { ...shape, rotation: (shape.rotation + degrees) % 360 };
  const centre = centreOf(shape);
  return {
    ...shape,
    controlPoints: shape.controlPoints.map((point) => turn(point, centre, degrees)),
  };
}

/** Half of the extent along the shape's own axes. */
export function halfExtent(shape: Shape): Point {
  const extent = shape.controlPoints[1] ?? { x: 0, y: 0 };
  if (kindOf(shape) === "ellipse") return { x: extent.y, y: extent.x };
  return { x: extent.x / 2, y: extent.y / 2 };
}

/** The points at which a shape can be dragged to change its size or form. */
export function handles(shape: Shape): Point[] {
  if (kindOf(shape) === "point") return [];
  if (!hasExtent(shape)) return shape.controlPoints;
  const [centre, half] = [centreOf(shape), halfExtent(shape)];
  const signs = kindOf(shape) === "ellipse" ? SIDES : CORNERS;
  return signs.map(([x, y]) =>
    turn({ x: centre.x + x * half.x, y: centre.y + y * half.y }, centre, shape.rotation),
  );
}
const CORNERS = [
  [-1, 1],
  [1, 1],
  [1, -1],
  [-1, -1],
] as const;
const SIDES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

/** The shape with one of its handles moved to a new place. */
export function reshaped(shape: Shape, handle: number, to: Point): Shape {
  if (!hasExtent(shape)) {
    const controlPoints = shape.controlPoints.map((point, index) =>
      index === handle ? to : point,
    );
    return { ...shape, controlPoints };
  }
  const centre = centreOf(shape);
  const local = turn(to, centre, -shape.rotation);
  if (kindOf(shape) === "ellipse") {
    const [alongX, half] = [SIDES[handle]?.[0] !== 0, halfExtent(shape)];
    const reach = Math.abs(alongX ? local.x - centre.x : local.y - centre.y);
    const size = Math.max(reach, SMALLEST);
    return {
      ...shape,
      controlPoints: [centre, alongX ? { x: half.y, y: size } : { x: size, y: half.x }],
    };
  }
  // The opposite corner stays where it is.
  const fixed = handles(shape)[(handle + 2) % 4] ?? centre;
  const middle = { x: (fixed.x + to.x) / 2, y: (fixed.y + to.y) / 2 };
  const corner = turn(to, middle, -shape.rotation);
  const size = {
    x: Math.max(2 * Math.abs(corner.x - middle.x), SMALLEST),
    y: Math.max(2 * Math.abs(corner.y - middle.y), SMALLEST),
  };
  return { ...shape, controlPoints: [middle, size] };
}

const round = (value: number) => (Math.round(value * 10) / 10).toString();

/** A shape in words, for lists and screen readers. */
export function describe(shape: Shape): string {
  const centre = centreOf(shape);
  const at = `(${round(centre.x)}, ${round(centre.y)})`;
  const half = halfExtent(shape);
  const extent = `${round(2 * half.x)} × ${round(2 * half.y)}`;
  const turned = shape.rotation === 0 ? "" : `, ${round(shape.rotation)}°`;
  switch (kindOf(shape)) {
    case "point":
      return at;
    case "rectangle":
    case "ellipse":
      return `${at}, ${extent}${turned}`;
    case "polygon":
      return `${at}, ${shape.controlPoints.length} vertices`;
  }
}
