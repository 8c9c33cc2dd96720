/** Which methods the trunk serves, and which others there are (RFC 3261 §21.4.6, §21.5.2). */
const served = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY", "REGISTER"];

export const known = [...served, "MESSAGE", "PUBLISH", "SUBSCRIBE"];

export const allow = `Allow: ${served.join(", ")}`;
