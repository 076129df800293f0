import { beforeAll, describe, expect, test } from 'vitest'
import { sql, stack } from '../support/stack.ts'
import { makeStrangers, nobodys, QUESTIONS, type Reason, type Strangers, shownBy } from './existence.ts'

const REASONS: readonly Reason[] = ['private', 'blocks']

let strangers: Strangers
beforeAll(async () => {
  strangers = await makeStrangers(sql, stack)
})

describe('somebody hidden', () => {
  test.each(QUESTIONS)('is answered for as nobody is: $name', async (question) => {
    const shown = (things: ReturnType<typeof nobodys>): Promise<string> =>
      strangers.ask(question, things).then((response) => shownBy(response, things))

    const ofNobody = await shown(nobodys())

    for (const reason of REASONS) expect(await shown(strangers.hidden[reason]), reason).toBe(ofNobody)
  })
})

// Last: it opens what the questions above are about.
test.each(REASONS)('somebody who is not is answered for otherwise: %s', async (reason) => {
  const things = strangers.hidden[reason]
  const { user, template } = things
  await sql`delete from public.blocks where blocker_id = ${user}`
  await sql`update public.profiles set visibility = 'public' where user_id = ${user}`
  const differing = ['profiles', 'workout_templates', 'get_workout', 'send_friend_request', 'a rating of a template']
  for (const question of QUESTIONS.filter(({ name }) => differing.includes(name))) {
    const nobody = nobodys()
    const shown = await shownBy(await strangers.ask(question, things), things)
    expect(shown, question.name).not.toBe(await shownBy(await strangers.ask(question, nobody), nobody))
  }
  expect(await sql`select rating from public.template_ratings where template_id = ${template}`).toHaveLength(1)
})
