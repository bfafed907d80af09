// Asking a viewer for what it has under a name, and telling it something: what a version
// does not have is `undefined`, and nothing here ever throws.

/** What is at a path such as "renderConfig.colorMap". */
export function ask(of: unknown, path: string): unknown {
  try {
    // As most are.
    if (!path.includes(".")) return (of as Record<string, unknown> | undefined)?.[path];
    let at = of;
    for (const name of path.split(".")) {
      if (at === null || at === undefined) return undefined;
      at = (at as Record<string, unknown>)[name];
    }
    return at;
  } catch {
    return undefined;
  }
}

/** The same under the first of several names that there is. */
export function askAny(of: unknown, ...paths: string[]): unknown {
  for (const path of paths) {
    const found = ask(of, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Calls what is at a path; whether it is there and did not fail. */
export function tell(of: unknown, path: string, ...parameters: unknown[]): boolean {
  return call(of, path, ...parameters) !== FAILED;
}

/** What `call` gives when there is no such function, or when it throws. */
export const FAILED = Symbol("failed");

export function call(of: unknown, path: string, ...parameters: unknown[]): unknown {
  const dot = path.lastIndexOf(".");
  const owner = dot < 0 ? of : ask(of, path.slice(0, dot));
  const found = ask(owner, path.slice(dot + 1));
  if (typeof found !== "function") return FAILED;
  try {
    return Reflect.apply(found, owner, parameters) as unknown;
  } catch {
    return FAILED;
  }
}

/** Sets what is at a path; whether it is there and takes it. */
export function put(of: unknown, name: string, value: unknown): boolean {
  const owner = of as Record<string, unknown> | null | undefined;
  if (ask(owner, name) === undefined) return false;
  try {
    (owner as Record<string, unknown>)[name] = value;
    return true;
  } catch {
    return false;
  }
}

/** The elements of an array or of whatever else can be gone through; none of anything else. */
export function all(of: unknown): unknown[] {
  try {
    // A store's own arrays are much faster at this than at being gone through.
    if (Array.isArray(of)) return of.slice() as unknown[];
    return Symbol.iterator in Object(of) ? [...(of as Iterable<unknown>)] : [];
  } catch {
    return [];
  }
}

export const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

export const flag = (value: unknown): boolean | undefined =>
  typeof value === "boolean" ? value : undefined;

/** What an object has; nothing of anything else. */
export const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
