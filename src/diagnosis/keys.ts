/** Keys of several parts. */

/** Equal for equal parts only, and never taken apart again: a trunk's name or a route may hold any character, a space too. */
export const keyOf = (...parts: readonly (string | number)[]): string => JSON.stringify(parts);
