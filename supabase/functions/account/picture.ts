/** What a card may show. */
export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp'

const LARGEST_SIDE = 8192

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The type that the bytes of a picture are of, whatever they are declared as; undefined for anything else.
 * Goes through the parts of the file from its first byte to its last: one that is cut off, is followed by something, or has
 * no size from 1 to 8192 pixels a side is no picture.
 */
export function pictureType(bytes: Uint8Array): PictureType | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const [type, read] of READERS) {
    const size = within(() => read(view))
    if (size && fits(size.width) && fits(size.height)) return type
  }
  return undefined
}

const fits = (side: number): boolean => side >= 1 && side <= LARGEST_SIDE

// Reading behind the end throws: there the file is cut off.
function within(read: () => Size | undefined): Size | undefined {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof RangeError) return undefined
    throw cause
  }
}

const READERS: readonly (readonly [PictureType, (view: DataView) => Size | undefined])[] = [
  ['image/png', readPng],
  ['image/jpeg', readJpeg],
  ['image/webp', readWebp],
]

const name = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))

// Chunks of a length, a name, that many bytes and a checksum: IHDR first, IEND last.
function readPng(view: DataView): Size | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined
  if (view.getUint32(8) !== 13 || name(view, 12) !== 'IHDR') return undefined
  const size = { width: view.getUint32(16), height: view.getUint32(20) }
  let hasPixels = false
  for (let at = 8; ; ) {
    const kind = name(view, at + 4)
    hasPixels ||= kind === 'IDAT'
    at += 12 + view.getUint32(at)
    if (kind === 'IEND') return hasPixels && at === view.byteLength ? size : undefined
  }
}

// Segments of a marker and a length; after the start of a scan come pixels, in which FF is followed by 00 or a restart.
function readJpeg(view: DataView): Size | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined
  let size: Size | undefined
  for (let at = 2, hasPixels = false; ; ) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at += 1
    else if (marker === 0xd9) return hasPixels && at + 2 === view.byteLength ? size : undefined
    else {
      if (isFrame(marker)) size = { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
      at += 2 + view.getUint16(at + 2)
      if (marker === 0xda) {
        hasPixels = true
        at = endOfScan(view, at)
      }
    }
  }
}

// C0 to CF begin frames, but for the tables C4 and CC and the extension C8.
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function endOfScan(view: DataView, from: number): number {
  for (let at = from; ; at += 1) {
    const next = view.getUint8(at) === 0xff ? view.getUint8(at + 1) : 0
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at
  }
}

// RIFF with the length of all that follows; the size is in the first chunk, whose kind there are three of.
function readWebp(view: DataView): Size | undefined {
  if (name(view, 0) !== 'RIFF' || name(view, 8) !== 'WEBP') return undefined
  if (view.getUint32(4, true) + 8 !== view.byteLength) return undefined
  for (let at = 12; at < view.byteLength; ) {
    const length = view.getUint32(at + 4, true)
    at += 8 + length + (length % 2)
    if (at > view.byteLength) return undefined
  }
  return webpSize(view, name(view, 12))
}

function webpSize(view: DataView, kind: string): Size | undefined {
  const first = 20
  if (kind === 'VP8X') return { width: 1 + uint24(view, first + 4), height: 1 + uint24(view, first + 7) }
  if (kind === 'VP8L' && view.getUint8(first) === 0x2f) {
    const bits = view.getUint32(first + 1, true)
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) }
  }
  if (kind === 'VP8 ' && uint24(view, first + 3) === 0x2a019d)
    return { width: view.getUint16(first + 6, true) & 0x3fff, height: view.getUint16(first + 8, true) & 0x3fff }
  return undefined
}

const uint24 = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
