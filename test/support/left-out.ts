/**
 * In every test of every family: whoever reaches a part of sip.js that does not ship has failed. It throws there by itself, but
 * the intake takes what sip.js throws for a message that we cannot use.
 */
import { afterEach, expect } from "vitest";
import { Grammar } from "../../adapters/sipjs/left-out.ts";

const reached: string[] = [];
const { parse } = Grammar;
Grammar.parse = (text, rule) => {
  reached.push(rule);
  return parse(text, rule);
};

afterEach(() => expect(reached.splice(0), "rules of sip.js's grammar that were asked for").toEqual([]));
