/** Compares two drops by DuckDB, in a process of its own: prints a line for each difference. */
const [library = '', old = '', now = ''] = process.argv.slice(2);
const COLUMNS = [
  ...['certificate_number', 'kind', 'holder_name', 'holder_code', 'issuer'],
  ...['issued_on', 'valid_until', 'status', 'changed_at'],
];

interface Duck {
  readonly DuckDBInstance: {
    create(path: string): Promise<{
      connect(): Promise<{
        runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
      }>;
    }>;
  };
}

const { DuckDBInstance } = (await import(library)) as Duck;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const of = (path: string): string => `read_csv('${path}', header = true, all_varchar = true)`;
const differs = COLUMNS.map((column) => `o.${column} is distinct from n.${column}`).join(' or ');
const found = await connection.runAndReadAll(`
  select case when o.id is null then 'LEFT_ONLY' when n.id is null then 'RIGHT_ONLY'
    else 'DIFFERS' end || ' ' || coalesce(o.id, n.id)
  from ${of(old)} as o full join ${of(now)} as n on o.id = n.id
  where o.id is null or n.id is null or ${differs}
`);
process.stdout.write(
  found
    .getRows()
    .map(([line]) => `${String(line)}\n`)
    .join(''),
);
