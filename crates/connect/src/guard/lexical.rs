//! The statement as text: one statement, bounded, and nothing that two lexers could read differently.

use super::{does_not_parse, refused};
use crate::ConnectError;
use datafyme_domain::Dialect;
use sqlparser::{
    dialect::{Dialect as ParserDialect, PostgreSqlDialect, SQLiteDialect},
    keywords::Keyword,
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace, Word},
};

/// Longest statement, in bytes.
const MAX_BYTES: usize = 100_000;
/// Most operators, keywords and brackets: they bound the depth of the syntax tree, literals and commas do not.
const MAX_STRUCTURE: usize = 3_000;
/// Deepest nesting of brackets and CASE; the parser's work may double with each.
const MAX_NESTING: usize = 24;

pub(super) fn parser_dialect(dialect: Dialect) -> &'static dyn ParserDialect {
    match dialect {
        Dialect::Sqlite => &SQLiteDialect {},
        Dialect::Postgres => &PostgreSqlDialect {},
    }
}

/// The one statement in `sql`, from its first to its last token: without surrounding comments and semicolons, so
/// that whatever is put behind it is read as SQL.
pub(super) fn statement(sql: &str, dialect: Dialect) -> Result<&str, ConnectError> {
    if sql.len() > MAX_BYTES {
        return Err(refused(format!("the query has {} bytes; at most {MAX_BYTES} are allowed", sql.len())));
    }
    if let Some(c) = sql.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(refused(format!("the query holds the control character {c:?}")));
    }
    if sql.replace("\r\n", "\n").contains('\r') {
        return Err(refused("the query holds a carriage return without a line feed"));
    }
    let tokens = Tokenizer::new(parser_dialect(dialect), sql).tokenize_with_location().map_err(does_not_parse)?;
    let significant = |t: &&TokenWithSpan| !matches!(t.token, Token::Whitespace(_) | Token::SemiColon | Token::EOF);
    let (Some(first), Some(last)) = (tokens.iter().find(significant), tokens.iter().rev().find(significant)) else {
        return Err(does_not_parse("it is empty"));
    };
    let lines = Lines::of(sql);
    let (start, end) = (lines.offset(first.span.start), lines.offset(last.span.end));
    let inner = tokens.iter().filter(|t| t.span.start >= first.span.start && t.span.end <= last.span.end);
    check_tokens(inner, sql, &lines, dialect)?;
    sql.get(start..end).ok_or_else(|| does_not_parse("it is empty"))
}

fn check_tokens<'t>(
    tokens: impl Iterator<Item = &'t TokenWithSpan>,
    sql: &str,
    lines: &Lines,
    dialect: Dialect,
) -> Result<(), ConnectError> {
    let (mut structure, mut nesting) = (0_usize, 0_usize);
    let mut before: [Option<&Token>; 2] = [None, None];
    // PostgreSQL reads a no-break space as part of a name, the tokenizer as space.
    let odd_spaces = sql.chars().any(|c| c.is_whitespace() && !c.is_ascii());
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket => nesting += 1,
            Token::RParen | Token::RBracket => nesting = nesting.saturating_sub(1),
            Token::Word(word) if word.keyword == Keyword::CASE => nesting += 1,
            Token::Word(word) if word.keyword == Keyword::END => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if nesting > MAX_NESTING {
            return Err(refused(format!("the query nests brackets and CASE more than {MAX_NESTING} deep")));
        }
        structure += usize::from(is_structure(&token.token));
        if structure > MAX_STRUCTURE {
            return Err(refused(format!("the query has more than {MAX_STRUCTURE} operators and keywords")));
        }
        check_token(&token.token, before, dialect)?;
        if odd_spaces && matches!(token.token, Token::Whitespace(Whitespace::Space)) {
            let text = sql.get(lines.offset(token.span.start)..lines.offset(token.span.end));
            if text.is_some_and(|t| !t.is_ascii()) {
                return Err(refused("the query holds a white space character outside of ASCII"));
            }
        }
        before = [before[1], Some(&token.token)];
    }
    Ok(())
}

fn is_structure(token: &Token) -> bool {
    !matches!(
        token,
        Token::Whitespace(_)
            | Token::Comma
            | Token::Period
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::Word(Word { keyword: Keyword::NoKeyword, .. })
    )
}

fn check_token(token: &Token, before: [Option<&Token>; 2], dialect: Dialect) -> Result<(), ConnectError> {
    let reason = match token {
        Token::SemiColon => "the query holds more than one statement",
        Token::Placeholder(_) => "the query holds a parameter placeholder; write the value itself",
        Token::DollarQuotedString(_) => "dollar-quoted strings are not allowed; use single quotes",
        Token::UnicodeStringLiteral(_) => "unicode-escaped strings are not allowed; write the characters themselves",
        Token::Backslash => "a backslash outside of a string is no SQL",
        Token::Whitespace(Whitespace::SingleLineComment { prefix, .. }) if prefix != "--" => {
            "only -- and /* */ comments are allowed"
        }
        // Reserved in every dialect; with nothing before it, the parser takes it for a column.
        Token::Word(word) if word.keyword == Keyword::INTO => "INTO is not allowed: only reading is",
        Token::Word(word) if word.quote_style == Some('[') && word.value.contains(']') => {
            "a [name] must not hold ]; use double quotes"
        }
        Token::Word(word) if word.quote_style == Some('"') && is_unicode_prefix(before, dialect) => {
            "unicode-escaped names are not allowed; write the characters themselves"
        }
        _ => return Ok(()),
    };
    Err(refused(reason))
}

/// Whether `U&` stands directly before: PostgreSQL reads `U&"\0061"` as one name, the parser as `U & "\0061"`.
fn is_unicode_prefix(before: [Option<&Token>; 2], dialect: Dialect) -> bool {
    dialect == Dialect::Postgres
        && matches!(before, [Some(Token::Word(word)), Some(Token::Ampersand)]
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("u"))
}

/// Byte offsets of the tokenizer's line and column positions, both of which count characters from 1.
struct Lines<'s> {
    sql: &'s str,
    starts: Vec<usize>,
}

impl<'s> Lines<'s> {
    fn of(sql: &'s str) -> Self {
        let starts = std::iter::once(0).chain(sql.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { sql, starts }
    }

    fn offset(&self, at: Location) -> usize {
        let line = usize::try_from(at.line.saturating_sub(1)).unwrap_or(usize::MAX);
        let column = usize::try_from(at.column.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else {
            return self.sql.len();
        };
        let rest = self.sql.get(start..).unwrap_or_default();
        rest.char_indices().nth(column).map_or(self.sql.len(), |(offset, _)| start + offset)
    }
}
