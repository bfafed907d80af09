/** Made by the plugin in vite.config.ts. */
declare module "virtual:carta-messages" {
  import type { INamespace } from "protobufjs";
  const descriptor: INamespace;
  export default descriptor;
}
