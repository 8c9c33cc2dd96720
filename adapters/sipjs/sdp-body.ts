/** A body of type `application/sdp`, as sip.js wants it; none for an empty text. */
export const sdpBody = (sdp: string | undefined) =>
  sdp ? { body: { contentDisposition: "session", contentType: "application/sdp", content: sdp } } : {};
