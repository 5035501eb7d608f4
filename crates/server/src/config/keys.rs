//! The known keys, read from the schema, so that they stand in one place.

use serde_json::Value;

/// Sections and their keys with the JSON type of each.
#[derive(Debug)]
pub(super) struct Keys(Value);

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    Text,
    Number,
    Fraction,
    Switch,
    List,
}

impl Keys {
    pub(super) fn known() -> Self {
        Self(super::schema())
    }

    pub(super) fn sections(&self) -> Vec<&str> {
        names(self.0.pointer("/properties"))
    }

    pub(super) fn keys(&self, section: &str) -> Vec<&str> {
        names(self.0.pointer(&format!("/properties/{section}/properties")))
    }

    pub(super) fn kind(&self, section: &str, key: &str) -> Option<KeyKind> {
        let of_key = self.0.pointer(&format!("/properties/{section}/properties/{key}"))?;
        let is = |kind: &str| match of_key.get("type") {
            Some(Value::String(t)) => t == kind,
            Some(Value::Array(types)) => types.iter().any(|t| t == kind),
            _ => false,
        };
        Some(if is("integer") {
            KeyKind::Number
        } else if is("number") {
            KeyKind::Fraction
        } else if is("boolean") {
            KeyKind::Switch
        } else if is("array") {
            KeyKind::List
        } else {
            KeyKind::Text
        })
    }

    /// What somebody who wrote `section` or `section.key` may have meant.
    pub(super) fn nearest(&self, section: &str, key: Option<&str>) -> Option<String> {
        let Some(key) = key else {
            return closest(section, self.sections().into_iter().map(str::to_owned));
        };
        let all = self.sections().into_iter().flat_map(|s| {
            let keys = self.keys(s);
            keys.into_iter().map(move |k| format!("{s}.{k}"))
        });
        closest(&format!("{section}.{key}"), all)
    }
}

fn names(object: Option<&Value>) -> Vec<&str> {
    object.and_then(Value::as_object).map(|o| o.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn closest(wrong: &str, known: impl Iterator<Item = String>) -> Option<String> {
    known.map(|k| (strsim::jaro_winkler(wrong, &k), k)).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, k)| k)
}
