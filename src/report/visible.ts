/** What a reader cannot see must not change what he reads. */

/**
 * Controls, characters that turn the reading direction, and all that Unicode draws as nothing (UAX #44:
 * Default_Ignorable_Code_Point). `\t`, `\n` and `\r` are controls too.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]/gu;

/** Shows each of them as its number, `‹U+202E›`. */
export function visible(text: string): string {
  return text.replace(invisible, (character) => `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`);
}

/** With the spaces that anything but a page takes: what must not part on a page is searched for, and copied, elsewhere. */
export const plainSpaces = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");
