/** SIP may come in binary frames too (RFC 7118 §4.2). A Blob, which no one can read at once, is no SIP: an empty text. */
export function frameText(data: unknown): string {
  if (typeof data === "string") return data;
  return data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? new TextDecoder().decode(data) : "";
}
