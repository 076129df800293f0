import fc from 'fast-check'

// The same sequences in every run, so that a commit is good or not whoever asks; FAST_CHECK_SEED asks for others.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_260_301) })
