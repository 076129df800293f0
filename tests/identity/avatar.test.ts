import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { chooseAvatar, request } from '../account/archive.ts'
import { anonClient, createUser, serviceClient, type User } from '../support/clients.ts'
import { eventually } from '../support/eventually.ts'
import { sql } from '../support/stack.ts'

const painted = sharp({ create: { width: 8, height: 6, channels: 3, background: '#c0ffee' } })
const PNG = await painted.clone().png().toBuffer()
const picture = (content: Uint8Array = PNG, type = 'image/png') => new Blob([new Uint8Array(content)], { type })

async function upload(user: User, name: string, file: Blob = picture()): Promise<string> {
  const path = `${user.id}/${name}`
  const { error } = await user.client.storage.from('avatars').upload(path, file)
  if (error) throw error
  return path
}

const shown = async ({ id }: User) =>
  (await anonClient().from('profiles').select('avatar_path').eq('user_id', id).single()).data?.avatar_path
const filesOf = async ({ id }: User) =>
  (await serviceClient().storage.from('avatars').list(id)).data?.map(({ name }) => name)
const take = ({ client, id }: User, avatar_path: string | null) =>
  client.from('profiles').update({ avatar_path }).eq('user_id', id)

test('an avatar is uploaded, looked into, shown, replaced and taken away; files that no card shows go', async () => {
  const ana = await createUser('ana')
  expect(await chooseAvatar(ana, `${ana.id}/one.png`)).toMatchObject({
    status: 400,
    body: { code: 'avatar_not_found' },
  })
  const one = await upload(ana, 'one.png')
  expect(await chooseAvatar(ana, one)).toEqual({ status: 200, body: { avatar_path: one } })
  expect(await shown(ana)).toBe(one)
  const address = anonClient().storage.from('avatars').getPublicUrl(one).data.publicUrl
  expect((await fetch(address)).headers.get('content-type')).toBe('image/png')

  const two = await upload(ana, 'two.jpg', picture(await painted.clone().jpeg().toBuffer(), 'image/jpeg'))
  expect((await chooseAvatar(ana, two)).status).toBe(200)
  const three = await upload(ana, 'three.webp', picture(await painted.clone().webp().toBuffer(), 'image/webp'))
  expect((await chooseAvatar(ana, three)).status).toBe(200)
  expect(await shown(ana)).toBe(three)
  await eventually(async () => expect(await filesOf(ana)).toEqual(['three.webp']))
  expect((await fetch(address)).status).toBeGreaterThanOrEqual(400)

  expect((await take(ana, null)).error).toBeNull()
  await eventually(async () => expect(await filesOf(ana)).toEqual([]))
})

test('what a card shows is not replaced or removed behind it', async () => {
  const ana = await createUser('ana')
  const path = await upload(ana, 'me.png')
  await chooseAvatar(ana, path)
  const bucket = ana.client.storage.from('avatars')
  const html = picture(new TextEncoder().encode('<script>'))
  expect((await bucket.upload(path, html, { upsert: true })).error).not.toBeNull()
  expect((await bucket.update(path, html)).error).not.toBeNull()
  expect((await bucket.move(path, `${ana.id}/you.png`)).error).not.toBeNull()
  expect((await bucket.remove([path])).data).toEqual([])
  expect([await shown(ana), await filesOf(ana)]).toEqual([path, ['me.png']])
  // Whoever gets behind it all the same, as a signed address may, is found.
  await sql`update storage.objects set version = gen_random_uuid()::text where name = ${path}`
  await sql`select private.discard_unused_avatars()`
  expect(await shown(ana)).toBeNull()
})

const isChecked = async (path: string) => (await sql`select private.is_checked_avatar(${path}) as checked`)[0]?.checked

test('a card that a client sets by itself is looked into a moment later', async () => {
  const ana = await createUser('ana')
  const ben = await createUser('ben')
  const path = await upload(ana, 'me.png')
  const html = await upload(ben, 'page.png', picture(new TextEncoder().encode('<script>')))

  expect((await take(ana, `${ana.id}/none.png`)).error).toMatchObject({ code: 'avatar_not_found' })
  expect((await take(ana, path)).error).toBeNull()
  expect((await take(ben, html)).error).toBeNull()

  await eventually(async () => expect(await isChecked(path)).toBe(true))
  await eventually(async () => expect([await shown(ben), await filesOf(ben)]).toEqual([null, []]))
  expect([await shown(ana), await filesOf(ana)]).toEqual([path, ['me.png']])
})

describe('what is no picture is deleted and never shown:', () => {
  test.each<[string, () => Promise<Uint8Array> | Uint8Array, string]>([
    ['HTML', () => new TextEncoder().encode('<!doctype html><script>alert(1)</script>'), 'image/png'],
    ['half a picture', () => PNG.subarray(0, PNG.length / 2), 'image/png'],
    ['a picture with something behind it', () => Buffer.concat([PNG, Buffer.from('<script>')]), 'image/png'],
    ['a picture of another type', () => painted.clone().webp().toBuffer(), 'image/png'],
    ['an empty file', () => new Uint8Array(), 'image/jpeg'],
  ])('%s', async (_, make, type) => {
    const ana = await createUser('ana')
    const path = await upload(ana, 'a.png', picture(await make(), type))
    expect(await chooseAvatar(ana, path)).toMatchObject({ status: 400, body: { code: 'avatar_not_a_picture' } })
    expect([await shown(ana), await filesOf(ana)]).toEqual([null, []])
  })
})

test.each<[string, (id: string) => readonly [string, Blob]]>([
  ['of another type', (id) => [`${id}/a.svg`, picture(PNG, 'image/svg+xml')]],
  ['of more than 2 MB', (id) => [`${id}/a.png`, picture(new Uint8Array(2 * 1024 * 1024 + 1))]],
  ['of 5 MB', (id) => [`${id}/a.png`, picture(new Uint8Array(5 * 1024 * 1024))]],
  ['in a folder below', (id) => [`${id}/b/a.png`, picture()]],
  ['of a name that no card can point to', (id) => [`${id}/a b.png`, picture()]],
  ['in no folder', () => ['a.png', picture()]],
])('a picture %s is refused', async (_, make) => {
  const { client, id } = await createUser('ana')
  const [path, file] = make(id)

  expect((await client.storage.from('avatars').upload(path, file)).error).not.toBeNull()
  expect((await client.storage.from('avatars').upload(`${id}/a.png`, picture())).error).toBeNull()
})

test('nobody else writes, lists, removes or shows it', async () => {
  const ana = await createUser('ana')
  const ben = await createUser('ben')
  const path = await upload(ana, 'me.png')

  for (const client of [ben.client, anonClient()]) {
    const bucket = client.storage.from('avatars')
    expect((await bucket.upload(path, picture(), { upsert: true })).error).not.toBeNull()
    expect((await bucket.upload(`${ana.id}/other.png`, picture())).error).not.toBeNull()
    expect((await bucket.list(ana.id)).data ?? []).toEqual([])
    await bucket.remove([path])
  }
  expect(await chooseAvatar(ben, path)).toMatchObject({ status: 400, body: { code: 'avatar_not_found' } })
  expect((await take(ben, path)).error).not.toBeNull()
  expect((await chooseAvatar(ana, path)).status).toBe(200)
  expect((await take(ben, path)).error).not.toBeNull()
  expect((await request(ben, 'POST', '/discard-avatars')).status).toBe(403)
  expect(await filesOf(ana)).toEqual(['me.png'])
})

test('of pictures that are chosen at once one is shown, and the others go', async () => {
  const ana = await createUser('ana')
  const paths = await Promise.all(['a.png', 'b.png', 'c.png', 'd.png'].map((name) => upload(ana, name)))
  const answers = await Promise.all(paths.map((path) => chooseAvatar(ana, path)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  await eventually(async () => expect(await filesOf(ana)).toEqual([(await shown(ana))?.split('/').at(-1)]))
})

test('an upload that never came onto a card goes after an hour, and a card never points to nothing', async () => {
  const ana = await createUser('ana')
  const ben = await createUser('ben')
  const lost = await upload(ben, 'lost.png')
  const fresh = await upload(ben, 'fresh.png')
  await sql`update storage.objects set created_at = now() - interval '61 minutes' where name = ${lost}`
  const path = await upload(ana, 'me.png')
  await chooseAvatar(ana, path)
  await serviceClient().storage.from('avatars').remove([path])
  await sql`select private.discard_unused_avatars()`
  expect(await shown(ana)).toBeNull()
  await eventually(async () => expect(await filesOf(ben)).toEqual([fresh.split('/').at(-1)]))
})
