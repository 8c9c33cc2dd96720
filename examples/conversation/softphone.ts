// README:begin
import type { Call, Linekeeper } from "linekeeper";

/** The customer hears music while the agent asks a colleague, and is put through. */
export async function putThrough(line: Linekeeper, customer: string, colleague: string) {
  const call = line.call(customer, { headers: { "X-Ticket": "4711" } });
  await answered(call);
  await call.hold();
  const asking = line.call(colleague);
  await answered(asking);
  return call.transfer(asking); // or transfer(number), without asking; or call.unhold()
}

const answered = (call: Call) => new Promise((resolve) => call.once("answered", resolve));
// README:end
