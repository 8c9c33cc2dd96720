import { describe, expect, it } from "vitest";
import { readBody, subjectPart } from "../../../adapters/sipjs/intake/body.ts";
import { sdp } from "../../support/sip-text.ts";

const mixed = (parts: readonly string[], end = "--b--\r\n") => `preamble\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join("")}${end}`;
const offer = `Content-Type: application/sdp\r\n\r\n${sdp("x")}`;
const early = `Content-Type: application/sdp\r\nContent-Disposition: early-session\r\n\r\n${sdp("early")}`;
const isup = "Content-Type: application/isup;version=itu\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u0001\u0000";
const found = (content: string, type: string) => subjectPart(readBody(content, type), type);

describe("the session description among several parts", () => {
  it.each([
    ["first", mixed([offer, isup]), "multipart/mixed;boundary=b"],
    ["last, its boundary quoted, in capitals", mixed([isup, offer]), 'Multipart/Mixed; BOUNDARY="b"'],
    ["alone", mixed([offer]), "multipart/mixed;boundary=b"],
    ["in line feeds alone", mixed([isup, offer]).replaceAll("\r\n", "\n"), "multipart/mixed;boundary=b"],
    [
      "in base64",
      mixed([
        isup,
        `Content-Type: application/sdp\r\nContent-Transfer-Encoding: Base64\r\n\r\n${btoa(sdp("x")).replace(/.{60}/g, "$&\r\n")}`,
      ]),
      "multipart/mixed;boundary=b",
    ],
    [
      "that says base64 and is none",
      mixed([offer.replace("\r\n", "\r\nContent-Transfer-Encoding: base64\r\n")]),
      "multipart/mixed;boundary=b",
    ],
    [
      "in quoted-printable",
      mixed([
        isup,
        `Content-Type: application/sdp\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${sdp("x").replace(/=/g, "=3D").replace("0.0", "0=\r\n.0")}`,
      ]),
      "multipart/mixed;boundary=b",
    ],
    [
      "in an encoding that nobody knows",
      mixed([offer.replace("\r\n", "\r\nContent-Transfer-Encoding: constructor\r\n")]),
      "multipart/mixed;boundary=b",
    ],
    ["behind that of early media (RFC 3959)", mixed([early, isup, offer]), "multipart/mixed;boundary=b"],
    ["before that of early media", mixed([offer, early]), "multipart/mixed;boundary=b"],
    [
      "named as the session's",
      mixed([early, offer.replace("\r\n", "\r\nContent-Disposition: Session;handling=required\r\n")]),
      "multipart/mixed;boundary=b",
    ],
    [
      "that says to be for something else, and is the only one",
      mixed([isup, offer.replace("\r\n", "\r\nContent-Disposition: render\r\n")]),
      "multipart/mixed;boundary=b",
    ],
    ["whose boundary is named in single quotes", mixed([isup, offer]).replace("preamble\r\n", ""), "multipart/mixed;boundary='b'"],
    ["whose boundary is named with its hyphens", mixed([isup, offer]).replace("preamble\r\n", ""), "multipart/mixed;boundary=--b"],
    ["whose boundary is another", mixed([isup, offer]).replace("preamble\r\n", ""), "multipart/mixed;boundary=other"],
    ["never closed", mixed([offer], ""), "multipart/mixed;boundary=b"],
    ["folded and in lower case", mixed([offer.replace("Content-Type: ", "content-type:\r\n ")]), "multipart/related;boundary=b"],
    [
      "behind whom it is recorded for (SIPREC, RFC 7866)",
      mixed(["Content-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n<recording/>", offer]),
      "multipart/mixed;boundary=b",
    ],
    [
      "before a list of those who are called (RFC 5366)",
      mixed([offer, "Content-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list\r\n\r\n<resource-lists/>"]),
      "multipart/mixed;boundary=b",
    ],
    [
      "behind where the caller is, which a header names",
      mixed([
        "Content-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n\r\n<presence/>",
        offer.replace("\r\n", "\r\nContent-ID: <c@d>\r\n"),
      ]),
      'multipart/related;boundary="b";start="<c@d>"',
    ],
    [
      "behind QSIG, in binary",
      mixed(["Content-Type: application/QSIG;version=x\r\nContent-Transfer-Encoding: binary\r\n\r\n\u0008\u0000--\u0001", offer]),
      "multipart/mixed;boundary=b",
    ],
    ["behind a part that says nothing", mixed(["\r\n", offer]), "multipart/mixed;boundary=b"],
    [
      "a part of a part",
      mixed(["Content-Type: multipart/alternative;boundary=c\r\n\r\n" + mixed([offer]).replaceAll("--b", "--c")]),
      "multipart/mixed;boundary=b",
    ],
  ])("%s", (_, content, type) => {
    const part = found(content, type);
    expect(part.type).toBe("application/sdp");
    expect(part.content.replaceAll("\r\n", "\n").trimEnd()).toBe(sdp("x").replaceAll("\r\n", "\n").trimEnd());
  });

  it.each([
    ["where there is none", mixed([isup]), "multipart/mixed;boundary=b"],
    ["after the end", `${mixed([isup])}--b\r\n${offer}\r\n`, "multipart/mixed;boundary=b"],
    ["without a boundary", mixed([offer]), "multipart/mixed"],
  ])("%s the body is what it was", (_, content, type) => {
    expect(found(content, type)).toEqual({ type: "multipart/mixed", content, disposition: "" });
  });
});
