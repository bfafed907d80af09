// The one error class that a viewer meets, with a stable `code`. The
// WebAssembly throws this very class.
export class ResumeError extends Error {
  constructor(code, message, details) {
    super(message);
    Object.assign(this, details);
    this.code = code;
  }
}
ResumeError.prototype.name = "ResumeError";
