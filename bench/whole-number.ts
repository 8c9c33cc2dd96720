import { InvalidArgumentError } from "commander";

/** Reads an option of a command line. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It takes a whole number above 0.");
}
