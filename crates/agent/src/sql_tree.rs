//! SQL text as a tree: for what is said about a query, never for what may run (the guard decides that).

use datafyme_domain::Dialect;
use sqlparser::{
    ast::Query,
    dialect::{PostgreSqlDialect, SQLiteDialect},
    parser::{Parser, ParserError},
    tokenizer::Token,
};

/// Deepest recursion of the parser.
const MAX_DEPTH: usize = 120;

/// One query, or why it is none, in words.
pub(crate) fn parse(sql: &str, dialect: Dialect) -> Result<Query, String> {
    let parser = match dialect {
        Dialect::Sqlite => Parser::new(&SQLiteDialect {}),
        _ => Parser::new(&PostgreSqlDialect {}),
    };
    let parsed = parser.with_recursion_limit(MAX_DEPTH).try_with_sql(sql).and_then(|mut parser| {
        let query = parser.parse_query()?;
        parser.expect_token(&Token::EOF)?;
        Ok(query)
    });
    match parsed {
        Ok(query) => Ok(*query),
        Err(ParserError::RecursionLimitExceeded) => Err("the query is nested too deeply".to_owned()),
        Err(ParserError::ParserError(message) | ParserError::TokenizerError(message)) => {
            Err(format!("the query does not parse: {message}"))
        }
    }
}
