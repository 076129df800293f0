/** The first `most` characters of `text`, none of them cut in half. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')

/** `text` on one line, without control characters: what a name is. */
export const onOneLine = (text: string): string =>
  /^[\x21-\x7e]*$/.test(text) ? text : text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
