import process from 'node:process'
import { readEnv } from '../_shared/env.ts'
import { createAccount } from './handler.ts'

const app = createAccount(readEnv((name) => process.env[name]))

export default { fetch: app.fetch }
