import { once } from 'node:events'
import { type RawData, WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'

/** A frame of the server: `[join_ref, ref, topic, event, payload]`. */
export type Frame = [string | null, string | null, string, string, Readonly<Record<string, unknown>>]

/** A socket that speaks version 2 by hand, for what the official client never does. */
export class RawSocket {
  readonly frames: Frame[] = []
  readonly socket: WebSocket
  #ref = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.frames.push(JSON.parse(textOf(data)))
    })
  }

  /** Connects with an API key. Rejects when the handshake is refused. */
  static async open(url: string, key: string): Promise<RawSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket?apikey=${key}&vsn=2.0.0`)
    const raw = new RawSocket(socket)
    await once(socket, 'open')
    return raw
  }

  /** Sends a message and resolves with the reply to it. */
  async ask(topic: string, event: string, payload: unknown = {}, joinRef: string | null = null): Promise<Frame> {
    const ref = `r${++this.#ref}`
    this.socket.send(JSON.stringify([joinRef, ref, topic, event, payload]))
    return this.next((frame) => frame[1] === ref && frame[3] === 'phx_reply')
  }

  /** Resolves with the first frame that was not taken yet and that `matches`. */
  next(matches: (frame: Frame) => boolean): Promise<Frame> {
    return eventually(() => {
      const index = this.frames.findIndex(matches)
      const [frame] = index < 0 ? [] : this.frames.splice(index, 1)
      if (!frame) throw new Error(`no such frame among ${JSON.stringify(this.frames)}`)
      return frame
    })
  }

  close(): void {
    this.socket.terminate()
  }
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data))).toString()
}
