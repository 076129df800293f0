// Runs a TypeScript entry of the project (`node stack/run.mjs <file.ts> [arguments]`) or a program of one of its packages,
// after installing what is missing. Plain JavaScript without dependencies, because a fresh clone has nothing else yet.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (process.platform === 'win32') {
  console.error('The stack runs on Linux and macOS; on Windows, in WSL.')
  process.exit(1)
}

if (!isInstalled()) {
  console.error('Installing packages (once)…')
  // Not `npm ci`: it refuses a lock that was written where the registry lacked other platforms' packages. This installs the
  // same locked versions, and leaves the lock as it is.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) process.exit(status ?? 1)
}

const [entry, ...args] = process.argv.slice(2)
if (entry?.endsWith('.ts')) {
  const file = join(root, entry)
  process.argv = [process.argv[0], file, ...args]
  if (entry.startsWith('stack/')) {
    const { importBundled } = await import('./bundle.mjs')
    await importBundled(file, join(process.cwd(), '.stack', 'bundles'))
  } else {
    const { register } = await import('tsx/esm/api')
    register()
    await import(pathToFileURL(file).href)
  }
} else if (entry !== undefined) {
  const { status } = spawnSync(join(root, 'node_modules', '.bin', entry), args, { stdio: 'inherit' })
  process.exit(status ?? 1)
}

// npm notes in `node_modules` what it has put there. What it may leave out (other platforms' packages) is not asked for.
function isInstalled() {
  const packages = (path) => {
    try {
      return JSON.parse(readFileSync(join(root, path), 'utf8')).packages
    } catch {
      return {}
    }
  }
  const installed = packages('node_modules/.package-lock.json')
  return Object.entries(packages('package-lock.json')).every(
    ([path, { version, optional, peer, devOptional }]) =>
      path === '' || optional || peer || devOptional || installed[path]?.version === version,
  )
}
