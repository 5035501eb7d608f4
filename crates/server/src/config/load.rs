//! Reading the file and the environment into a checked configuration.

use super::{Config, Environment, keys::KeyKind, keys::Keys};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Read when no `--config` is given, if it is there.
const DEFAULT_FILE: &str = "datafyme.toml";
/// Only the environment has these: section, key, and what a file says instead.
const SECRETS: [(&str, &str, &str); 5] = [
    ("model", "api_key", "api_key_file"),
    ("metadata", "password", "password_file"),
    ("metadata", "key", "key_file"),
    ("search", "password", "password_file"),
    ("graph", "password", "password_file"),
];

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The file is no TOML.
    #[error("{path} is no TOML: {cause}")]
    NoToml {
        /// The file.
        path: PathBuf,
        /// Where it breaks.
        cause: String,
    },
    /// Nobody knows this key.
    #[error("unknown key `{key}` in {origin}{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    UnknownKey {
        /// As written.
        key: String,
        /// File or variable.
        origin: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// A key has a value that it does not take.
    #[error("{origin}: {cause}")]
    BadValue {
        /// File or variable.
        origin: String,
        /// Which, and why.
        cause: String,
    },
}

/// Reads `file` (or `datafyme.toml` in the working directory, if it is there), then the environment over it.
///
/// # Errors
/// [`ConfigError`], which names the file or variable and the key.
pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Config, ConfigError> {
    let default = Path::new(DEFAULT_FILE);
    let path = file.or_else(|| default.is_file().then_some(default));
    let keys = Keys::known();
    let mut settings = match path {
        Some(path) => read(path, &keys)?,
        None => Table::new(),
    };
    // The file alone first, so that a wrong value is reported where it stands.
    if let Some(path) = path {
        build(&settings, &path.display().to_string())?;
    }
    for (name, value) in &environment.settings {
        set(&mut settings, &keys, name, value)?;
        build(&settings, name)?;
    }
    let config = build(&settings, "the configuration")?;
    let faults = [config.model.fault(), config.metadata.fault(), config.search.fault(), config.graph.fault()];
    match faults.into_iter().flatten().next() {
        Some(cause) => Err(ConfigError::BadValue { origin: "the configuration".to_owned(), cause }),
        None => Ok(config),
    }
}

fn read(path: &Path, keys: &Keys) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| ConfigError::Unreadable { path: path.to_owned(), cause: e.to_string() })?;
    let table: Table = toml::from_str(&text)
        .map_err(|e| ConfigError::NoToml { path: path.to_owned(), cause: e.to_string().trim().to_owned() })?;
    let origin = path.display().to_string();
    for (section, value) in &table {
        known_section(keys, section, &origin)?;
        for key in value.as_table().into_iter().flat_map(Table::keys) {
            known_key(keys, section, key, &origin)?;
            if let Some((section, key, file)) =
                SECRETS.iter().find(|(s, k, _)| *s == section.as_str() && *k == key.as_str())
            {
                let variable = format!("DATAFYME_{}__{}", section.to_uppercase(), key.to_uppercase());
                let cause =
                    format!("a secret does not stand in this file: give {section}.{file}, or the variable {variable}");
                return Err(ConfigError::BadValue { origin, cause });
            }
        }
    }
    Ok(table)
}

fn set(settings: &mut Table, keys: &Keys, name: &str, value: &str) -> Result<(), ConfigError> {
    let (section, key) = Environment::key_of(name).unwrap_or_default();
    known_section(keys, &section, name)?;
    known_key(keys, &section, &key, name)?;
    let bad = |what: &str| ConfigError::BadValue { origin: name.to_owned(), cause: format!("`{value}` is no {what}") };
    let value = match keys.kind(&section, &key).unwrap_or(KeyKind::Text) {
        KeyKind::Text => Value::String(value.to_owned()),
        KeyKind::Number => Value::Integer(value.trim().parse().map_err(|_| bad("whole number"))?),
        KeyKind::Fraction => Value::Float(value.trim().parse().map_err(|_| bad("number"))?),
        KeyKind::Switch => Value::Boolean(value.trim().parse().map_err(|_| bad("`true` or `false`"))?),
        KeyKind::List => {
            let parts = value.split(',').map(str::trim).filter(|p| !p.is_empty());
            Value::Array(parts.map(|p| Value::String(p.to_owned())).collect())
        }
    };
    let section = settings.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let Some(section) = section.as_table_mut() {
        section.insert(key, value);
    }
    Ok(())
}

fn known_section(keys: &Keys, section: &str, origin: &str) -> Result<(), ConfigError> {
    if keys.sections().contains(&section) {
        return Ok(());
    }
    Err(ConfigError::UnknownKey {
        key: section.to_owned(),
        origin: origin.to_owned(),
        nearest: keys.nearest(section, None),
    })
}

fn known_key(keys: &Keys, section: &str, key: &str, origin: &str) -> Result<(), ConfigError> {
    if keys.keys(section).contains(&key) {
        return Ok(());
    }
    Err(ConfigError::UnknownKey {
        key: format!("{section}.{key}"),
        origin: origin.to_owned(),
        nearest: keys.nearest(section, Some(key)),
    })
}

fn build(settings: &Table, origin: &str) -> Result<Config, ConfigError> {
    let bad = |cause: String| ConfigError::BadValue { origin: origin.to_owned(), cause };
    let config = Config::deserialize(settings.clone()).map_err(|e| bad(e.to_string().trim().replace('\n', ": ")))?;
    let positive = [
        ("server.request_timeout_seconds", config.server.request_timeout_seconds),
        ("run.run_ms", config.run.run_ms),
        ("run.query_ms", config.run.query_ms),
        ("run.rows", config.run.rows),
        ("run.bytes", config.run.bytes),
        ("model.concurrency", config.model.concurrency.into()),
        ("model.call_ms", config.model.call_ms),
        ("worker.jobs", config.worker.jobs.into()),
        ("worker.runs", config.worker.runs.into()),
    ];
    match positive.iter().find(|(_, value)| *value == 0) {
        Some((key, _)) => Err(bad(format!("{key} must be at least 1"))),
        None => Ok(config),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn environment(pairs: Pairs<'_>) -> Environment {
        Environment::of(pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())))
    }

    fn loaded(toml: &str, pairs: Pairs<'_>) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("datafyme.toml");
        std::fs::write(&path, toml).unwrap();
        load(Some(&path), &environment(pairs))
    }

    #[test]
    fn the_environment_goes_over_the_file_and_both_over_the_defaults() {
        let toml = "[server]\nlisten = \"127.0.0.1:1\"\n[run]\nrows = 5\n";
        let pairs =
            [("DATAFYME_SERVER__LISTEN", "127.0.0.1:2"), ("DATAFYME_SERVER__ALLOWED_HOSTS", "a.example, b.example")];
        let config = loaded(toml, &pairs).unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!(config.server.allowed_hosts, ["a.example", "b.example"]);
        assert_eq!(config.run.rows, 5);
        assert_eq!(config.worker.jobs, 2);
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_place() {
        let table: [(&str, Pairs<'_>, &str); 8] = [
            ("[server]\nlisten_on = 1\n", &[], "did you mean `server.listen`?"),
            ("[sever]\n", &[], "did you mean `server`?"),
            ("[run]\nrows = \"many\"\n", &[], "rows"),
            ("[run]\nrows = 0\n", &[], "run.rows must be at least 1"),
            ("[run\n", &[], "is no TOML"),
            ("", &[("DATAFYME_RUN__ROW", "5")], "did you mean `run.rows`?"),
            ("", &[("DATAFYME_RUN__ROWS", "five")], "DATAFYME_RUN__ROWS: `five` is no whole number"),
            ("", &[("DATAFYME_SERVER__LISTEN", "here")], "DATAFYME_SERVER__LISTEN"),
        ];
        for (toml, pairs, words) in table {
            let message = loaded(toml, pairs).unwrap_err().to_string();
            assert!(message.contains(words), "{toml:?} {pairs:?} said: {message}");
        }
    }

    #[test]
    fn a_model_is_one_setting_away_and_its_key_is_never_shown() {
        let toml = "[model]\nprovider = \"openai\"\nname = \"big\"\nthreshold = 0.5\n[model.headers]\nX-Team = \"a\"\n";
        let pairs = [("DATAFYME_MODEL__API_KEY", "sk-planted-1"), ("DATAFYME_MODEL__INPUT_PRICE", "2.5")];
        let config = loaded(toml, &pairs).unwrap();
        assert_eq!(config.model.api_key.as_ref().map(|k| k.expose()), Some("sk-planted-1"));
        assert_eq!((config.model.input_price, config.model.threshold), (Some(2.5), 0.5));
        assert_eq!(config.model.headers["X-Team"], "a");
        let printed = format!("{config:?} {}", toml::to_string(&config).unwrap());
        assert!(!printed.contains("planted") && printed.contains("[secret]"), "{printed}");
    }

    #[test]
    fn what_does_not_make_a_model_is_refused() {
        let table: [(&str, Pairs<'_>, &str); 6] = [
            ("[model]\napi_key = \"sk-planted-1\"\n", &[], "model.api_key_file"),
            ("[model]\nname = \"big\"\n", &[], "go together"),
            ("", &[("DATAFYME_MODEL__PROVIDER", "openai")], "go together"),
            ("[model]\nprovider = \"opnai\"\nname = \"x\"\n", &[], "openai"),
            ("[model]\ninput_price = -1.0\n", &[], "input_price"),
            ("[model]\nthreshold = \"high\"\n", &[], "threshold"),
        ];
        for (toml, pairs, words) in table {
            let message = loaded(toml, pairs).unwrap_err().to_string();
            assert!(message.contains(words) && !message.contains("planted"), "{toml:?} {pairs:?} said: {message}");
        }
    }

    #[test]
    fn the_store_of_metadata_is_one_setting_and_its_secrets_are_never_shown() {
        let toml = "[metadata]\nurl = \"postgres://me@db:5432/datafyme\"\n";
        let pairs = [("DATAFYME_METADATA__PASSWORD", "planted-1"), ("DATAFYME_METADATA__KEY", "planted-2")];
        let config = loaded(toml, &pairs).unwrap();
        assert_eq!(config.metadata.password.as_ref().map(|k| k.expose()), Some("planted-1"));
        let printed = format!("{config:?} {}", toml::to_string(&config).unwrap());
        assert!(!printed.contains("planted"), "{printed}");
        let refused = [
            ("[metadata]\nurl = \"postgres://me:planted@db/x\"\n", "metadata.password_file"),
            ("[metadata]\nurl = \"postgres://db/x?user=me&password=planted\"\n", "metadata.password_file"),
            ("[metadata]\nurl = \"mysql://me@db/x\"\n", "not of PostgreSQL"),
            ("[metadata]\npassword = \"planted\"\n", "DATAFYME_METADATA__PASSWORD"),
            ("[metadata]\nkey = \"planted\"\n", "metadata.key_file"),
        ];
        for (toml, words) in refused {
            let message = loaded(toml, &[]).unwrap_err().to_string();
            assert!(message.contains(words) && !message.contains("planted"), "{toml:?} said: {message}");
        }
    }

    #[test]
    fn engines_are_one_setting_each_and_their_secrets_are_never_shown() {
        let toml = "[search]\nurl = \"milvus://root@m:19530\"\n[graph]\nurl = \"neo4j+s://n:7687/neo4j\"\n";
        let pairs = [("DATAFYME_SEARCH__PASSWORD", "planted-1"), ("DATAFYME_GRAPH__PASSWORD", "planted-2")];
        let config = loaded(toml, &pairs).unwrap();
        assert_eq!(config.graph.password.as_ref().map(|k| k.expose()), Some("planted-2"));
        let printed = format!("{config:?} {}", toml::to_string(&config).unwrap());
        assert!(!printed.contains("planted"), "{printed}");
        let refused = [
            ("[search]\nurl = \"milvus://root:planted@m\"\n", "search.password_file"),
            ("[search]\nurl = \"http://m:19530\"\n", "search.url is not of Milvus"),
            ("[search]\npassword = \"planted\"\n", "DATAFYME_SEARCH__PASSWORD"),
            ("[search]\nconsistency = \"sometimes\"\n", "consistency"),
            ("[graph]\nurl = \"neo4j://neo4j:planted@n\"\n", "graph.password_file"),
            ("[graph]\nurl = \"n:7687\"\n", "graph.url is no URL"),
            ("[graph]\npassword = \"planted\"\n", "DATAFYME_GRAPH__PASSWORD"),
        ];
        for (toml, words) in refused {
            let message = loaded(toml, &[]).unwrap_err().to_string();
            assert!(message.contains(words) && !message.contains("planted"), "{toml:?} said: {message}");
        }
    }

    #[test]
    fn variables_without_a_section_are_not_ours() {
        assert!(environment(&[("DATAFYME_TEST_POSTGRES_URL", "x")]).settings.is_empty());
    }
}
