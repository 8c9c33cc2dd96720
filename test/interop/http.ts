/** An HTTP request to a program of the test. @returns the body of the response. */
export async function post(url: string, body: string): Promise<string> {
  // The edge closes what is idle, and a request on a connection that is being closed would fail.
  const response = await fetch(url, { method: "POST", body, headers: { connection: "close" }, signal: AbortSignal.timeout(2_000) });
  return response.text();
}
