import { beforeEach, expect, test, vi } from 'vitest'
import { tell } from '../../demo/story.ts'
import { stack } from '../support/stack.ts'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})

test('a lifter’s first workout holds from the sign-up to the last set, live and unseen by a stranger', async () => {
  expect(await tell(stack)).toEqual([])
})

test('the demo says so when it does not hold', async () => {
  expect(await tell({ ...stack, mailbox_url: stack.api_url })).toEqual(['the story came to its end'])
})
