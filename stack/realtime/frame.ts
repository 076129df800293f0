const TEXT = 0x81
const BINARY = 0x82

/**
 * The WebSocket frame of a message to a client. Frames of a server are not masked, so that one buffer serves every
 * socket it goes to: a broadcast is framed once however many receive it.
 */
export function frame(data: string | Buffer): Buffer {
  const payload = typeof data === 'string' ? Buffer.from(data) : data
  const head = typeof data === 'string' ? TEXT : BINARY
  return Buffer.concat([header(head, payload.length), payload])
}

function header(head: number, length: number): Buffer {
  if (length < 126) return Buffer.from([head, length])
  if (length < 65_536) return Buffer.from([head, 126, length >> 8, length & 255])
  const bytes = Buffer.alloc(10)
  bytes[0] = head
  bytes[1] = 127
  bytes.writeBigUInt64BE(BigInt(length), 2)
  return bytes
}
