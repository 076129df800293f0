/**
 * The text of a file: UTF-8, UTF-16 by its byte order mark, else what Windows writes. Never fails.
 * Characters that no database takes, and no export means, are left out.
 */
export function decodeText(bytes: Uint8Array): string {
  return decode(bytes)
    .replaceAll('\0', '')
    .replace(/^\uFEFF/, '')
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
