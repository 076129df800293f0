import { describe, expect, test } from 'vitest'
import { type Service, startAll, stopAll } from '../../stack/service.ts'

const never = new AbortController().signal

/** A service that notes what happens to it in `events`. */
function service(
  name: string,
  events: string[],
  changes: {
    readonly needs?: readonly string[]
    start?(signal: AbortSignal): Promise<void>
    stop?(): Promise<void>
  } = {},
): Service {
  return {
    name,
    needs: changes.needs ?? [],
    async start(signal) {
      events.push(`start ${name}`)
      await changes.start?.(signal)
      events.push(`started ${name}`)
    },
    ready: async () => true,
    async stop() {
      events.push(`stop ${name}`)
      await changes.stop?.()
    },
  }
}

describe('startAll', () => {
  test('starts each when those it needs are ready, whatever the order of the list', async () => {
    const events: string[] = []
    const list = [
      service('c', events, { needs: ['a', 'b'] }),
      service('b', events, { needs: ['a'] }),
      service('a', events),
    ]
    await startAll(list, { signal: never, onReady: (name) => events.push(`ready ${name}`) })
    expect(events.filter((event) => !event.startsWith('started'))).toEqual([
      'start a',
      'ready a',
      'start b',
      'ready b',
      'start c',
      'ready c',
    ])
  })

  test('waits until a service says that it is ready', async () => {
    let probes = 0
    const slow: Service = { ...service('slow', []), ready: async () => ++probes === 3 }
    await startAll([slow], { signal: never })
    expect(probes).toBe(3)
  })

  test('rejects with the first failure, once nothing is starting any more', async () => {
    const events: string[] = []
    const failure = new Error('broken')
    const slow = service('slow', events, {
      start: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => setTimeout(resolve, 20))),
    })
    const broken = service('broken', events, { start: () => Promise.reject(failure) })
    const late = service('late', events, { needs: ['slow'] })
    await expect(startAll([slow, broken, late], { signal: never })).rejects.toBe(failure)
    expect(events).toContain('started slow')
    expect(events).not.toContain('start late')
  })

  test('rejects with the reason when it is cancelled', async () => {
    const cancel = new AbortController()
    const unready: Service = { ...service('unready', []), ready: async () => false }
    const start = startAll([unready], { signal: cancel.signal })
    cancel.abort(new Error('enough'))
    await expect(start).rejects.toThrow('enough')
  })

  test('names a service that is needed and not there', async () => {
    const lonely = service('lonely', [], { needs: ['friend'] })
    await expect(startAll([lonely], { signal: never })).rejects.toThrow('lonely needs the service friend')
  })
})

describe('stopAll', () => {
  test('stops the last first, and all of them even if one fails, and says which did', async () => {
    const events: string[] = []
    const stuck = service('stuck', events, { stop: () => Promise.reject(new Error('stuck')) })
    const outcome = await stopAll([service('a', events), stuck, service('b', events)]).catch((cause: unknown) => cause)
    expect(events).toEqual(['stop b', 'stop stuck', 'stop a'])
    expect(outcome).toMatchObject({ errors: [{ message: 'stuck did not stop' }] })
  })
})
