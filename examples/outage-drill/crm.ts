/** The CRM vendor's back end: two endpoints that its page needs to start, and one that says it is alive. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface CrmServer {
  readonly url: string;
  /** What `/settings` does. */
  settings: "ok" | "error-500";
  /** What `/session` does. */
  session: "ok" | "hang";
  close(): Promise<void>;
}

export async function startCrm(): Promise<CrmServer> {
  const server = createServer((request, response) => {
    if (request.url === "/session" && crm.session === "hang") return;
    response.statusCode = request.url === "/settings" && crm.settings === "error-500" ? 500 : 200;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ ok: response.statusCode === 200 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const crm: CrmServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    settings: "ok",
    session: "ok",
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return crm;
}
