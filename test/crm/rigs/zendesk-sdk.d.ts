/** Zendesk's SDK brings no types. */
declare module "zendesk_app_framework_sdk" {
  import type { ZAFClient as Client } from "../../../adapters/zendesk/index.ts";
  const ZAFClient: Client;
  export default ZAFClient;
}
