// A lifter's first workout on two phones, and a stranger who gets nothing. Ends with 0 only when all of it held.
import { join } from 'node:path'
import { stackHome } from '../stack/folder.ts'
import { findRunning } from '../stack/lock.ts'
import { startStack } from '../stack/stack.ts'
import { tell } from './story.ts'

const running = await findRunning(join(await stackHome(process.cwd()), 'local'))
const broken = running?.status ? await tell(running.status) : await onStackOfItsOwn()
console.log(broken.length === 0 ? '\nAll of it held.' : `\nDid not hold: ${broken.join('; ')}`)
process.exit(broken.length === 0 ? 0 : 1)

async function onStackOfItsOwn(): Promise<readonly string[]> {
  console.log('No stack runs, so an ephemeral one is started.')
  await using stack = await startStack()
  return await tell(stack.status)
}
