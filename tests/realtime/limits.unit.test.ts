import { describe, expect, test } from 'vitest'
import { RateCounter, readLimits } from '../../stack/realtime/limits.ts'

const read = (environment: Readonly<Record<string, string>>) => readLimits((name) => environment[name])

describe('limits from the environment', () => {
  test('only those that are set', () => {
    expect(read({})).toEqual({})
    expect(read({ REALTIME_MAX_CHANNELS_PER_CLIENT: '3', REALTIME_PRIVATE_ONLY: 'true' })).toEqual({
      channelsPerConnection: 3,
      privateOnly: true,
    })
    expect(read({ REALTIME_MAX_PAYLOAD_SIZE_IN_KB: ' 256 ', REALTIME_PRIVATE_ONLY: '' })).toEqual({
      payloadKilobytes: 256,
    })
  })

  test('all that is wrong in one message', () => {
    expect(() =>
      read({
        REALTIME_MAX_EVENTS_PER_SECOND: 'many',
        REALTIME_MAX_JOINS_PER_SECOND: '0',
        REALTIME_PRIVATE_ONLY: 'yes',
      }),
    ).toThrow(
      'environment: REALTIME_MAX_JOINS_PER_SECOND must be a positive whole number; ' +
        'REALTIME_MAX_EVENTS_PER_SECOND must be a positive whole number; REALTIME_PRIVATE_ONLY must be true or false',
    )
  })
})

describe('a rate', () => {
  test('is the average of the last twelve samples', () => {
    const counter = new RateCounter(10, 1_000)
    counter.add(30)
    expect(counter.exceeded).toBe(false)
    counter.sample()
    expect([counter.average, counter.exceeded]).toEqual([30, true])
    counter.sample()
    counter.sample()
    expect([counter.average, counter.exceeded]).toEqual([10, true])
    for (let n = 0; n < 10; n++) counter.sample()
    expect([counter.average, counter.exceeded]).toEqual([0, false])
  })
})
