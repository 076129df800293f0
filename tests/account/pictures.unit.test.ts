import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { pictureType } from '../../supabase/functions/account/picture.ts'

const raw = sharp({ create: { width: 40, height: 30, channels: 4, background: '#c0ffee' } })
const PICTURES = [
  ['image/png', () => raw.clone().png()],
  ['image/png', () => raw.clone().png({ palette: true, progressive: true })],
  ['image/jpeg', () => raw.clone().jpeg()],
  ['image/jpeg', () => raw.clone().jpeg({ progressive: true }).withMetadata()],
  ['image/webp', () => raw.clone().webp()],
  ['image/webp', () => raw.clone().webp({ lossless: true })],
  ['image/webp', () => raw.clone().flatten().webp({ quality: 40 }).withMetadata()],
] as const

const bytes = async (made: { toBuffer(): Promise<Buffer> }) => new Uint8Array(await made.toBuffer())
const text = (content: string) => new TextEncoder().encode(content)
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

describe.each(PICTURES)('a picture of %s', (type, make) => {
  test('is one from its first byte to its last', async () => {
    const picture = await bytes(make())
    expect(pictureType(picture)).toBe(type)
    for (let length = 0; length < picture.length; length += 1)
      expect(pictureType(picture.subarray(0, length)), `cut off at ${length}`).toBeUndefined()
    expect(pictureType(joined(picture, text('<script>alert(1)</script>')))).toBeUndefined()
    expect(pictureType(joined(text('<html>'), picture))).toBeUndefined()
  })
})

test.each([
  ['nothing', ''],
  ['HTML', '<!doctype html><script>alert(1)</script>'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ['a GIF', 'GIF89a\x01\x00\x01\x00\x00\x00\x00;'],
  ['a signature alone', '\x89PNG\r\n\x1a\n'],
])('%s is no picture', (_, content) => {
  expect(pictureType(Uint8Array.from(content, (letter) => letter.charCodeAt(0)))).toBeUndefined()
})

test('a picture that would not fit into memory is none', async () => {
  const picture = await bytes(raw.clone().png())
  new DataView(picture.buffer).setUint32(16, 100_000)
  expect(pictureType(picture)).toBeUndefined()
})

test('a chunk that claims more bytes than there are ends the reading', async () => {
  const picture = await bytes(raw.clone().png())
  new DataView(picture.buffer, picture.byteOffset).setUint32(33, 0xfffffff0)
  expect(pictureType(picture)).toBeUndefined()
})
