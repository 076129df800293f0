import type { Readable } from 'node:stream'

/** A Node stream as the body of a Response: nothing is read ahead of the receiver, who ends the source by leaving. */
export function toBody(source: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      source.on('data', (chunk: Uint8Array) => {
        controller.enqueue(chunk)
        if ((controller.desiredSize ?? 0) <= 0) source.pause()
      })
      source.once('end', () => controller.close())
      source.once('error', (cause) => controller.error(cause))
    },
    pull() {
      source.resume()
    },
    cancel() {
      source.destroy()
    },
  })
}
