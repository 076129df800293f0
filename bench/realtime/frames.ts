import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

const TEXT_FRAME = 0x81
const MASKED = 0x80

/** A WebSocket client that does as little as it can, so that what is measured is the server. */
export class LightSocket {
  readonly #socket: Socket
  readonly #onFrame: (payload: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)
  #open = false
  #onOpen: () => void = () => undefined

  private constructor(socket: Socket, onFrame: (payload: Buffer) => void) {
    this.#socket = socket
    this.#onFrame = onFrame
    socket.setNoDelay(true).on('data', (chunk) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
  }

  /** Connects to `path` on this machine; `onFrame` gets the payload of every frame. */
  static open(port: number, path: string, onFrame: (payload: Buffer) => void): Promise<LightSocket> {
    return new Promise((resolve, reject) => {
      const light = new LightSocket(connect(port, '127.0.0.1'), onFrame)
      light.#socket.once('error', reject)
      light.#onOpen = () => resolve(light)
      light.#socket.write(
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
          `sec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      )
    })
  }

  send(text: string): void {
    const payload = Buffer.from(text)
    const header = Buffer.alloc(8)
    header[0] = TEXT_FRAME
    header[1] = MASKED | 126
    header.writeUInt16BE(payload.length, 2)
    // The mask is zero, so that the payload needs no work.
    this.#socket.write(Buffer.concat([header, payload]))
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    if (!this.#open) {
      const end = data.indexOf('\r\n\r\n')
      if (end >= 0) {
        this.#open = true
        this.#onOpen()
        data = data.subarray(end + 4)
      }
    }
    let offset = 0
    while (this.#open) {
      const short = (data[offset + 1] ?? 0) & 127
      const start = offset + (short === 126 ? 4 : 2)
      if (start > data.length) break
      const end = start + (short === 126 ? data.readUInt16BE(offset + 2) : short)
      if (end > data.length || data.length - offset < 2) break
      this.#onFrame(data.subarray(start, end))
      offset = end
    }
    this.#rest = data.subarray(offset)
  }
}
