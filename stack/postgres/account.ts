import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

// The number that Debian, Alpine and macOS give the account `nobody`; the server refuses to run as root.
const NOBODY = 65_534

/** The account that the server runs as where this process is root; undefined where it is the user's own. */
export function serverAccount(): { readonly uid: number; readonly gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined
}

/** Whether the server's account may reach what lies in `folder`. */
export async function serverMayEnter(folder: string): Promise<boolean> {
  const account = serverAccount()
  if (!account) return true
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid } = await stat(path)
    if (!(mode & (uid === account.uid ? 0o100 : 0o001))) return false
    if (path === dirname(path)) return true
  }
}
