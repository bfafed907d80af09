// The generated class, with one thing that it cannot do by itself.
import { ResumeClient } from "./carta_resume.js";

const release = ResumeClient.prototype.free;
const freed = new WeakSet();

// A handler may free the client that called it. That call of the client's own
// is still under way, so the memory is given back once it has returned.
function free() {
  if (freed.has(this)) return;
  freed.add(this);
  this.close();
  queueMicrotask(() => release.call(this));
}

ResumeClient.prototype.free = free;
if (Symbol.dispose) ResumeClient.prototype[Symbol.dispose] = free;

export { ResumeClient };
