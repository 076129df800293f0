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
  const content = await avatars.content(path)
  const type = content && pictureType(content)
  if (type === undefined || type !== file.type) {
    await avatars.remove(path)
    throw new AppError('avatar_not_a_picture', { details: `declared as ${file.type}, found ${type ?? 'no picture'}` })
  }
  await avatars.show(userId, path, file)
}
