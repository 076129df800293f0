import process from 'node:process'
import { readEnv } from '../_shared/env.ts'
import { createImports } from './handler.ts'

const app = createImports(readEnv((name) => process.env[name]))

export default { fetch: app.fetch }
