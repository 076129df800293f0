import { AppError } from '../_shared/errors.ts'
import type { AvatarGateway } from './avatar-gateway.ts'
import { pictureType } from './picture.ts'

/**
 * Has the card of `userId` show the file at `path`, when its content is a picture of the type that it was declared as; any
 * other file is deleted. What the card showed before is deleted a moment later.
 * Rejects with avatar_not_found or avatar_not_a_picture; the card shows what it showed then.
 */
export async function showAvatar(avatars: AvatarGateway, userId: string, path: string): Promise<void> {
  const file = await avatars.uploaded(userId, path)
  const content = await avatars.content(path).catch(async (cause: unknown) => {
    // Deleted meanwhile, or Storage does not answer: only the first is the caller's.
    await avatars.uploaded(userId, path)
    throw cause
  })
  const type = pictureType(content)
  if (type === undefined || type !== file.type) {
    await avatars.remove(path)
    throw new AppError('avatar_not_a_picture', { details: `declared as ${file.type}, found ${type ?? 'no picture'}` })
  }
  await avatars.show(userId, path, file)
}

/**
 * Looks into what cards show already, because a client set the path itself: what is no picture of the type that it was
 * declared as leaves the card, and is deleted. Answers how many files were looked into.
 * Rejects, after the others, when Storage does not give one of them: it is tried again with the next call.
 */
export async function checkAvatars(avatars: AvatarGateway): Promise<number> {
  const files = await avatars.toCheck()
  const looks = await Promise.allSettled(
    files.map(async (file) => {
      const type = file.type === null ? undefined : pictureType(await avatars.content(file.path))
      await avatars.judge(file, type !== undefined && type === file.type)
    }),
  )
  for (const look of looks) if (look.status === 'rejected') throw look.reason
  return files.length
}
