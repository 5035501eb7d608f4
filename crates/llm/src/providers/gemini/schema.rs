//! Gemini's subset of JSON schema: no references, no unions of types, no closed objects.

use serde_json::{Map, Value};

/// How deep references are followed: a schema that refers to itself ends there in any object.
const DEEPEST: usize = 12;
const KEPT: [&str; 10] = [
    "description",
    "enum",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "nullable",
    "required",
    "pattern",
    "propertyOrdering",
];

/// The schema in that subset. What it cannot say is checked when the reply is read.
pub(super) fn subset(schema: &Value) -> Value {
    let definitions = schema.get("$defs").or_else(|| schema.get("definitions")).cloned().unwrap_or(Value::Null);
    inlined(schema, &definitions, 0)
}

fn inlined(schema: &Value, definitions: &Value, depth: usize) -> Value {
    let Value::Object(object) = schema else { return any() };
    if let Some(name) = object.get("$ref").and_then(Value::as_str) {
        let target = name.rsplit('/').next().and_then(|name| definitions.get(name));
        return match target {
            Some(target) if depth < DEEPEST => inlined(target, definitions, depth + 1),
            _ => any(),
        };
    }
    let mut out = Map::new();
    for (keyword, value) in object.iter().filter(|(k, _)| KEPT.contains(&k.as_str())) {
        out.insert(keyword.clone(), value.clone());
    }
    if let Some(constant) = object.get("const") {
        out.insert("enum".into(), vec![constant.clone()].into());
        out.insert("type".into(), "string".into());
    }
    write_type(object.get("type"), &mut out);
    if let Some(Value::Array(options)) = object.get("anyOf").or_else(|| object.get("oneOf")) {
        write_options(options, definitions, depth, &mut out);
    }
    if let Some(items) = object.get("items") {
        out.insert("items".into(), inlined(items, definitions, depth + 1));
    }
    if let Some(Value::Object(properties)) = object.get("properties") {
        let inner = properties.iter().map(|(name, p)| (name.clone(), inlined(p, definitions, depth + 1)));
        out.insert("properties".into(), Value::Object(inner.collect()));
        // Without it, properties come in the order of the alphabet: reasons after what they are the reasons for.
        let order: Vec<Value> = properties.keys().map(|name| name.as_str().into()).collect();
        out.insert("propertyOrdering".into(), order.into());
    }
    out.into()
}

fn write_type(given: Option<&Value>, out: &mut Map<String, Value>) {
    match given {
        Some(Value::Array(types)) => {
            if types.iter().any(|t| t == "null") {
                out.insert("nullable".into(), true.into());
            }
            if let Some(first) = types.iter().find(|t| *t != "null") {
                out.insert("type".into(), first.clone());
            }
        }
        Some(one) => {
            out.insert("type".into(), one.clone());
        }
        None => {}
    }
}

/// One option beside `null` stands for itself.
fn write_options(options: &[Value], definitions: &Value, depth: usize, out: &mut Map<String, Value>) {
    let is_null = |option: &&Value| option.get("type").is_some_and(|t| t == "null");
    let nullable = options.iter().any(|option| is_null(&option));
    let mut inner: Vec<Value> =
        options.iter().filter(|o| !is_null(o)).map(|option| inlined(option, definitions, depth + 1)).collect();
    if let ([Value::Object(_)], true) = (inner.as_slice(), nullable)
        && let Some(Value::Object(only)) = inner.pop()
    {
        for (keyword, value) in only {
            out.entry(keyword).or_insert(value);
        }
    } else {
        out.insert("anyOf".into(), inner.into());
    }
    if nullable {
        out.insert("nullable".into(), true.into());
    }
}

fn any() -> Value {
    serde_json::json!({"type": "object"})
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_unions_and_closed_objects_are_rewritten() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Draft",
            "type": "object",
            "properties": {
                "why": {"type": ["string", "null"], "format": "text"},
                "kind": {"const": "table"},
                "best": {"anyOf": [{"$ref": "#/$defs/Column"}, {"type": "null"}]},
                "all": {"type": "array", "items": {"$ref": "#/$defs/Column"}}
            },
            "required": ["why", "kind", "best", "all"],
            "additionalProperties": false,
            "$defs": {"Column": {"type": "object", "properties": {"role": {"type": "string", "enum": ["a", "b"]}}}}
        });
        let column = json!({
            "type": "object",
            "properties": {"role": {"type": "string", "enum": ["a", "b"]}},
            "propertyOrdering": ["role"]
        });
        let mut best = column.clone();
        best["nullable"] = true.into();
        assert_eq!(
            subset(&schema),
            json!({
                "type": "object",
                "properties": {
                    "why": {"type": "string", "nullable": true},
                    "kind": {"type": "string", "enum": ["table"]},
                    "best": best,
                    "all": {"type": "array", "items": column}
                },
                "required": ["why", "kind", "best", "all"],
                "propertyOrdering": ["why", "kind", "best", "all"]
            })
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({"$ref": "#/$defs/Node", "$defs": {"Node": {
            "type": "object", "properties": {"child": {"$ref": "#/$defs/Node"}}
        }}});
        assert!(subset(&schema).to_string().len() < 10_000);
    }
}
