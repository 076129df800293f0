import ts from 'typescript'
import { type Check, type Finding, lineAt, type SourceFile } from './source.ts'

/** Every export of the stack, of the functions' shared code and of the checks says what it promises. */
export const exportsAreDescribed: Check = {
  name: 'described exports',
  run(files) {
    return files
      .filter(({ path }) => /^(stack|checks|supabase\/functions\/_shared)\/.*(?<!\.test)\.ts$/.test(path))
      .flatMap(undescribed)
  },
}

function undescribed({ path, text }: SourceFile): readonly Finding[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  return source.statements.flatMap((statement): readonly Finding[] => {
    if (!isExported(statement) || ts.getJSDocCommentsAndTags(statement).length > 0) return []
    const line = lineAt(text, statement.getStart(source))
    return [
      {
        path,
        line,
        rule: 'described-export',
        message: `${nameOf(statement)} has no comment that says what it promises`,
      },
    ]
  })
}

function isExported(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false
  return (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ')
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  return named ? (statement.name?.text ?? 'the default export') : 'an export'
}
