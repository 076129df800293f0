import { access, chmod, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const LIBC = process.platform === 'linux' ? '-glibc' : ''

/** Finds the Deno that npm installed for this platform. Rejects with what is missing when there is none. */
export async function findDeno(): Promise<string> {
  const platform = `@deno/${process.platform}-${process.arch}${LIBC}`
  let manifest: string
  try {
    manifest = createRequire(require.resolve('deno/package.json')).resolve(`${platform}/package.json`)
  } catch {
    throw new Error(`No Deno for this platform: the package ${platform} is not installed (npm install).`)
  }
  const path = join(dirname(manifest), 'deno')
  // The package's install script would do this; an ordinary user cannot, where root installed it.
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755))
  return path
}
