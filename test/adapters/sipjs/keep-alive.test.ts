/** An edge that lets go of flows on which nothing comes (RFC 5626 §4.4.1). */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connected, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A binding of ours, granted with these lines; and when keep-alives went out since, in s. */
async function registered(...lines: string[]) {
  const made = await connected();
  const beganMs = Date.now();
  const pingedAtS: number[] = [];
  const { send } = made.peer.socket;
  made.peer.socket.send = (text) => {
    if (text === "\r\n\r\n") pingedAtS.push((Date.now() - beganMs) / 1_000);
    send.call(made.peer.socket, text);
  };
  const register = async (expiresS: number, headers: readonly string[]) => {
    const answered = made.edge.register(expiresS);
    await settle();
    const asked = made.peer.last("REGISTER");
    made.peer.answer(asked, 200, "OK", { headers: [`Contact: ${asked.get("Contact")}`, ...headers] });
    await answered;
  };
  await register(600, lines);
  return { ...made, register, pingedAtS };
}

/** The time between one and the next, s. */
const gapsIn = (atS: readonly number[]) => atS.map((each, index) => each - (atS[index - 1] ?? 0));

describe("Flow-Timer", () => {
  it.each([
    ["120", 120],
    ["flow-timer: 30", 30],
    ['"45" ;x=y', 45],
    // Each second would be a flood.
    ["1", 10],
    ["9", 10],
  ])("of %s has us send something within it, and not at the last moment", async (value, withinS) => {
    const { pingedAtS } = await registered(value.includes(":") ? value : `Flow-Timer: ${value}`);
    await vi.advanceTimersByTimeAsync(withinS * 10_000);
    expect(pingedAtS.length).toBeGreaterThanOrEqual(10);
    for (const gapS of gapsIn(pingedAtS)) {
      expect(gapS).toBeGreaterThanOrEqual(withinS * 0.8);
      expect(gapS).toBeLessThan(withinS);
    }
    // Not all that lose a carrier at once come at once (§4.4.1).
    expect(new Set(gapsIn(pingedAtS).map((gapS) => gapS.toFixed(2))).size).toBeGreaterThan(1);
  });

  it.each(["0", "never", "", "-5", "1e9", "99999999999"])("of %j asks for nothing", async (value) => {
    const { pingedAtS } = await registered(`Flow-Timer: ${value}`);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(pingedAtS).toEqual([]);
  });

  it("of a week is kept to by the hour: no timer of ours may be so long", async () => {
    const { pingedAtS } = await registered("Flow-Timer: 604800");
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(pingedAtS).toHaveLength(1);
  });

  it("is kept to by whatever else goes out", async () => {
    const { edge, pingedAtS } = await registered("Flow-Timer: 30");
    for (let asked = 0; asked < 30; asked++) {
      void edge.options();
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(pingedAtS).toEqual([]);
  });

  it.each<[string, (made: Awaited<ReturnType<typeof registered>>) => unknown]>([
    ["the registrar asks for it no longer", ({ register }) => register(600, [])],
    ["we have unregistered", ({ register }) => register(0, ["Flow-Timer: 30"])],
    ["the flow is lost", ({ peer }) => peer.socket.drop()],
    ["we have disconnected", ({ edge }) => edge.disconnect()],
    ["the edge is done for", ({ edge }) => edge.dispose()],
  ])("ends when %s", async (_, end) => {
    const made = await registered("Flow-Timer: 30");
    await end(made);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([made.pingedAtS, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
