import type { HLJSApi, Language } from 'highlight.js';

/** SQL with the words that most dialects share; that of highlight.js lists the whole standard. */
export function sql(hljs: HLJSApi): Language {
  return {
    name: 'SQL',
    aliases: ['mysql', 'pgsql', 'plsql', 'postgres', 'postgresql', 'sqlite', 'tsql'],
    case_insensitive: true,
    keywords: {
      keyword:
        'add all alter analyze and any as asc begin between by cascade case check collate column commit conflict constraint create cross ' +
        'current cursor database declare default delete desc distinct do drop else end escape except exec execute exists explain fetch first ' +
        'following for foreign from full function grant group having if ignore in index inner insert intersect into is join key last lateral ' +
        'left like ilike limit natural next not nothing nulls of offset on only or order outer over partition preceding primary procedure ' +
        'recursive references rename replace restrict returning returns revoke right rollback row rows schema select set some table temporary ' +
        'then to transaction trigger truncate unbounded union unique update using vacuum values view when where window with without',
      literal: 'true false null unknown',
      type:
        'bigint binary bit blob bool boolean bytea char character clob date datetime decimal double float int integer interval json jsonb ' +
        'money nchar numeric nvarchar precision real serial smallint text time timestamp timestamptz tinyint uuid varchar varying xml',
    },
    contains: [
      { scope: 'string', begin: /'/, end: /'/, contains: [{ begin: /''/ }] },
      { begin: /"/, end: /"/, contains: [{ begin: /""/ }] },
      { begin: /`/, end: /`/ },
      { scope: 'variable', begin: /[@:$][a-z_]\w*/ },
      {
        scope: 'built_in',
        begin:
          /\b(?:abs|avg|cast|ceil|coalesce|concat|count|extract|floor|ifnull|length|lower|max|min|now|nullif|rank|round|row_number|substring|substr|sum|trim|upper)(?=\()/,
      },
      hljs.C_NUMBER_MODE,
      hljs.C_BLOCK_COMMENT_MODE,
      hljs.COMMENT('--', '$'),
    ],
  };
}
