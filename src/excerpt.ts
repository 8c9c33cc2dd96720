/** Text of somebody else's, as far as it is kept. */

/** Half a character, which UTF-8 cannot hold and many a JSON reader refuses (RFC 8259 §8.2), becomes U+FFFD. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\ufffd");

/** Its beginning. @param most in UTF-16 code units. */
export const excerptOf = (text: string, most: number): string => wellFormed(text.slice(0, most));
