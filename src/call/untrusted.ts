/** Text that others wrote and an agent reads, pure. */

/** What no text needs and what bends the text around it: control characters, line ends of Unicode, overrides of its direction. */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same without what is no text: for the eye; a page still has to escape it. */
export const printable = (text: string): string => text.replace(unprintable, "");
