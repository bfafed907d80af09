// What the browser's classes are like to code that looks closely.

/**
 * Makes a class look as the one of the browser's that it extends: it has every
 * member itself, and they can be enumerated.
 */
export function asInterface(
  Class: { readonly prototype: object },
  name: string,
  constants: Record<string, number>,
): void {
  const { prototype } = Class;
  const theirs = Object.getOwnPropertyDescriptors<object>(Object.getPrototypeOf(prototype));
  for (const [member, descriptor] of Object.entries<PropertyDescriptor>(theirs)) {
    if (!Object.hasOwn(prototype, member)) Object.defineProperty(prototype, member, descriptor);
  }
  for (const member of Object.getOwnPropertyNames(prototype)) {
    if (member !== "constructor" && member !== "resume") {
      Object.defineProperty(prototype, member, { enumerable: true });
    }
  }
  // Minifying gives it another one.
  Object.defineProperty(Class, "name", { value: name });
  for (const [constant, value] of Object.entries(constants)) {
    Object.defineProperty(Class, constant, { value, enumerable: true });
    // What stands in for the browser's may give each socket its own.
    if (constant in theirs) Object.defineProperty(prototype, constant, { value, enumerable: true });
  }
}
