import { sql } from '../support/stack.ts'

/** How many rows of a table or files of a bucket are a person's. */
export interface Held {
  readonly relation: string
  readonly count: number
}

/** What the list of personal data finds of the person `id`: one entry for each line of it that can find anything. */
export async function heldOf(id: string): Promise<readonly Held[]> {
  const lines = await sql<{ relation: string; whose: string }[]>`
    select relation, whose from private.personal_data where whose is not null order by relation`
  const counted = lines.map(async ({ relation, whose }) => {
    const [bucket, table] = [relation.match(/^bucket:(.*)$/)?.[1], relation]
    const rows =
      bucket === undefined ? table : `(select * from storage.objects where bucket_id = '${bucket}') as objects`
    const [found] = await sql.unsafe<{ count: number }[]>(
      `select count(*)::int as count from ${rows} where ${whose.replaceAll('$1', `'${id}'::uuid`)}`,
    )
    return { relation, count: found?.count ?? 0 }
  })
  return Promise.all(counted)
}
