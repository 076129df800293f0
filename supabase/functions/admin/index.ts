import process from 'node:process'
import { readEnv } from '../_shared/env.ts'
import { createAdmin } from './handler.ts'

const app = createAdmin(readEnv((name) => process.env[name]))

export default { fetch: app.fetch }
