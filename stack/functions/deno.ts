import { chmod } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const LIBC = process.platform === 'linux' ? '-glibc' : ''

/** Finds the Deno that npm installed for this platform. Rejects with what is missing when there is none. */
export async function findDeno(): Promise<string> {
  const platform = `@deno/${process.platform}-${process.arch}${LIBC}`
  try {
    const manifest = createRequire(require.resolve('deno/package.json')).resolve(`${platform}/package.json`)
    const path = join(dirname(manifest), process.platform === 'win32' ? 'deno.exe' : 'deno')
    await chmod(path, 0o755)
    return path
  } catch (cause) {
    throw new Error(`No Deno for this platform: the package ${platform} is not installed (npm install).`, { cause })
  }
}
