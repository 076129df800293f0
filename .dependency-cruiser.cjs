// What may import what. The stack knows Supabase and nothing of fitness; the product knows nothing of the stack.

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      // Two files may know each other's types; at run time there is no circle then.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'stack-knows-no-fitness',
      severity: 'error',
      from: { path: '^stack/' },
      to: { path: '^(supabase|tests|bench|demo|checks)/' },
    },
    {
      name: 'product-knows-no-stack',
      severity: 'error',
      from: { path: '^supabase/' },
      to: { path: '^(stack|tests|bench|demo|checks)/' },
    },
    {
      name: 'functions-do-not-import-each-other',
      severity: 'error',
      from: { path: '^supabase/functions/([^_/][^/]*)/' },
      to: { path: '^supabase/functions/[^_/][^/]*/', pathNot: '^supabase/functions/$1/' },
    },
    {
      name: 'shared-imports-no-function',
      severity: 'error',
      from: { path: '^supabase/functions/_shared/' },
      to: { path: '^supabase/functions/[^_/][^/]*/' },
    },
    {
      name: 'nothing-imports-a-test',
      severity: 'error',
      from: { pathNot: '^tests/' },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'code-that-ships-uses-no-dev-dependency',
      severity: 'error',
      from: { path: '^(stack|supabase/functions)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
