//! Where a data source is, with its password kept apart.

use crate::{ConnectError, registry};
use datafyme_domain::{Dialect, ErrorKind};
use std::fmt;
use url::Url;

/// A parsed data source URL. `Debug` and `Display` never show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceUrl {
    /// SQL flavour, from the scheme.
    pub dialect: Dialect,
    /// The URL without its password: what is stored, listed and logged.
    pub location: String,
    /// The password, decoded; stored encrypted.
    pub password: Option<String>,
}

impl SourceUrl {
    /// Parses `postgres://user:password@host:port/database?sslmode=…&schemas=a,b`, `sqlite:///path/to/file`,
    /// `sqlite://relative/file` or a bare path to a file. Relative paths become absolute, so that the location
    /// means the same file later and elsewhere.
    ///
    /// # Errors
    /// `InvalidInput` or `Unsupported`, saying which schemes there are.
    pub fn parse(text: &str) -> Result<Self, ConnectError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(invalid(format!("the data source URL is empty; give {}", registry::SCHEMES)));
        }
        if text.contains('\0') {
            return Err(invalid("the data source URL holds a NUL character"));
        }
        match scheme_of(text) {
            None => Self::of_file(text, ""),
            Some(scheme) => {
                let rest = text.get(scheme.len() + 1..).unwrap_or_default();
                match scheme.to_ascii_lowercase().as_str() {
                    "postgres" | "postgresql" => Self::of_postgres(rest),
                    "sqlite" | "sqlite3" | "file" => Self::of_sqlite_url(rest),
                    other => Err(unknown_scheme(other)),
                }
            }
        }
    }

    fn of_sqlite_url(rest: &str) -> Result<Self, ConnectError> {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.strip_prefix("//").unwrap_or(path);
        let path = path.strip_prefix("localhost/").map_or(path.to_owned(), |p| format!("/{p}"));
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if !matches!((&*key, &*value), ("mode", "ro") | ("immutable", "1")) {
                return Err(invalid(format!(
                    "'{key}={value}' is no parameter of a sqlite URL; there are mode=ro (always on) and immutable=1"
                )));
            }
        }
        let immutable = query.split('&').any(|p| p == "immutable=1");
        Self::of_file(&percent_decode(&path)?, if immutable { "?immutable=1" } else { "" })
    }

    fn of_file(path: &str, query: &str) -> Result<Self, ConnectError> {
        if path.is_empty() || path == ":memory:" {
            return Err(invalid("a sqlite URL needs the path of a file, e.g. sqlite:///data/sales.db"));
        }
        let absolute = std::path::absolute(path)
            .map_err(|e| invalid(format!("'{path}' is no usable path ({e})")))?
            .to_string_lossy()
            .into_owned();
        let encoded = absolute.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Ok(Self { dialect: Dialect::Sqlite, location: format!("sqlite://{encoded}{query}"), password: None })
    }

    fn of_postgres(rest: &str) -> Result<Self, ConnectError> {
        // Messages name no part of the text: a URL that does not parse may hold its password anywhere.
        let usage = "give postgres://user:password@host:5432/database, with special characters of user and password \
                     percent-encoded (@ as %40, / as %2F, # as %23)";
        let mut url = Url::parse(&format!("postgres:{rest}"))
            .map_err(|e| invalid(format!("the URL does not parse ({e}); {usage}")))?;
        if !rest.starts_with("//") || url.fragment().is_some() {
            return Err(invalid(format!("the URL does not parse; {usage}")));
        }
        let mut password = match url.password() {
            Some(encoded) => Some(percent_decode(encoded)?),
            None => None,
        };
        let mut kept = Vec::new();
        for (key, value) in url.query_pairs() {
            if key == "password" {
                password = Some(value.into_owned());
            } else {
                kept.push((key.into_owned(), value.into_owned()));
            }
        }
        // The url crate refuses a password on a URL without host; such a URL has none to remove.
        let _ = url.set_password(None);
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(&kept);
        }
        let parsed = Self { dialect: Dialect::Postgres, location: url.to_string(), password };
        crate::postgres::options::check(&parsed)?;
        Ok(parsed)
    }
}

/// The scheme of a URL; `None` for a bare path. One letter before the colon is a drive, not a scheme.
fn scheme_of(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let valid = scheme.len() > 1
        && scheme.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    valid.then_some(scheme)
}

fn unknown_scheme(scheme: &str) -> ConnectError {
    let planned = ["mysql", "mariadb", "mssql", "sqlserver", "duckdb", "oracle"];
    let why = if planned.contains(&scheme) { "not in this build yet" } else { "unknown" };
    ConnectError::unsupported(format!(
        "data sources of scheme '{scheme}' are {why}; this build opens {}",
        registry::SCHEMES
    ))
}

pub(crate) fn percent_decode(text: &str) -> Result<String, ConnectError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next(), rest.next()].map(|d| d.and_then(|d| char::from(d).to_digit(16)));
        match digits {
            [Some(high), Some(low)] => bytes.push(u8::try_from(high * 16 + low).unwrap_or_default()),
            _ => {
                return Err(invalid("a % in the URL must be followed by two hexadecimal digits (%25 for itself)"));
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| invalid("a percent-encoded part of the URL is not UTF-8"))
}

pub(crate) fn invalid(message: impl Into<String>) -> ConnectError {
    ConnectError::new(ErrorKind::InvalidInput, message)
}

/// The file behind a `sqlite:` location, and whether it is declared immutable.
pub(crate) fn sqlite_file(url: &SourceUrl) -> Result<(std::path::PathBuf, bool), ConnectError> {
    let rest = url.location.strip_prefix("sqlite://").unwrap_or(&url.location);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok((percent_decode(path)?.into(), query == "immutable=1"))
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.location)
    }
}

impl fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceUrl").field("location", &self.location).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
