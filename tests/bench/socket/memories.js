// The WebAssembly memories of the page, and the bytes that JavaScript copies into them.

export const memories = {
  found: [],
  copied: 0,
  /** Starts counting. It slows down every copy, so nothing is timed while it counts. */
  count() {
    const { set } = Uint8Array.prototype;
    Uint8Array.prototype.set = function (source, offset) {
      if (memories.found.some(({ buffer }) => buffer === this.buffer)) {
        memories.copied += source.length;
      }
      set.call(this, source, offset);
    };
  },
};

function note({ exports }) {
  for (const value of Object.values(exports)) {
    if (value instanceof WebAssembly.Memory) memories.found.push(value);
  }
}

for (const name of ["instantiate", "instantiateStreaming"]) {
  const real = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const result = await real.apply(WebAssembly, args);
    note(result.instance ?? result);
    return result;
  };
}
