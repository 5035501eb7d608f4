//! JSON schemas in the form that all providers understand.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// Schemas that were made, by the id of their type: making one costs as much as sending it.
static MADE: LazyLock<Mutex<HashMap<Cow<'static, str>, Arc<Value>>>> = LazyLock::new(Mutex::default);

/// [`schema_of`] `T`, made once.
pub(super) fn shared_schema_of<T: JsonSchema>() -> Arc<Value> {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(made.entry(T::schema_id()).or_insert_with(|| Arc::new(schema_of::<T>())))
}

/// The schema of `T`: one closed object without references, every property required, optional ones nullable.
///
/// Strict modes refuse open objects and properties that may be absent; small models do better without `$ref`, `title`
/// and formats; choices are plain `enum`s, which grammars of local servers know.
#[must_use]
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    close(&mut schema);
    schema
}

/// Keywords that some provider refuses and that say nothing which serde does not check.
const DROPPED: [&str; 8] =
    ["$schema", "title", "format", "default", "examples", "writeOnly", "readOnly", "unevaluatedProperties"];

fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for keyword in DROPPED {
                // A property may bear such a name; a keyword is never an object schema.
                if !object.get(keyword).is_some_and(|v| v.is_object() && keyword != "default") {
                    object.remove(keyword);
                }
            }
            plain_choice(object);
            if let Some(one_of) = object.remove("oneOf") {
                object.insert("anyOf".into(), one_of);
            }
            close_object(object);
            for (keyword, inner) in object.iter_mut() {
                match (keyword.as_str(), inner) {
                    ("properties" | "$defs", Value::Object(named)) => named.values_mut().for_each(close),
                    ("enum" | "required" | "const" | "description", _) => {}
                    (_, inner) => close(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

fn close_object(object: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = object.get("properties") else { return };
    let names: Vec<Value> = properties.keys().map(|name| Value::from(name.as_str())).collect();
    object.insert("required".into(), names.into());
    object.insert("additionalProperties".into(), false.into());
}

/// `oneOf` of named constants with a description each becomes an `enum` whose description names them all.
fn plain_choice(object: &mut Map<String, Value>) {
    let Some(Value::Array(options)) = object.get("oneOf") else { return };
    let mut names = Vec::new();
    let mut meanings = Vec::new();
    for option in options {
        let described = option.get("description").and_then(Value::as_str);
        let constants: Vec<&Value> = match (option.get("const"), option.get("enum")) {
            (Some(constant), _) => vec![constant],
            (None, Some(Value::Array(constants))) => constants.iter().collect(),
            _ => return,
        };
        if let (Some(text), [constant]) = (described, constants.as_slice()) {
            meanings.push(format!("{}: {text}", constant.as_str().unwrap_or_default()));
        }
        names.extend(constants.into_iter().cloned());
    }
    let own = object.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = [&[own.to_owned()], meanings.as_slice()].concat().join("\n").trim().to_owned();
    object.remove("oneOf");
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), names.into());
    if !description.is_empty() {
        object.insert("description".into(), description.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Draft {
        /// The query.
        sql: String,
        limit: Option<u32>,
        #[serde(default)]
        columns: Vec<Column>,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Column {
        title: String,
        role: Role,
    }

    #[derive(JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[allow(dead_code)]
    enum Role {
        /// Something counted.
        Measure,
        /// Something grouped by.
        Dimension,
    }

    #[test]
    fn schemas_are_closed_inlined_and_require_everything() {
        assert_eq!(
            schema_of::<Draft>(),
            json!({
                "type": "object",
                "properties": {
                    "sql": {"description": "The query.", "type": "string"},
                    "limit": {"type": ["integer", "null"], "minimum": 0},
                    "columns": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "title": {"type": "string"},
                                "role": {
                                    "type": "string",
                                    "enum": ["measure", "dimension"],
                                    "description": "measure: Something counted.\ndimension: Something grouped by."
                                }
                            },
                            "required": ["title", "role"],
                            "additionalProperties": false
                        }
                    }
                },
                "required": ["sql", "limit", "columns"],
                "additionalProperties": false
            })
        );
    }
}
