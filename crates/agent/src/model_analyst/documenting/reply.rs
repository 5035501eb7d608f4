//! What a model is asked to fill in. Small models leave lists out, write `null` or a single text for them: that is
//! read as what it means, without another call.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// Documentation as a model writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(extend("required" = [
    "business_description", "technical_description", "columns", "use_cases", "common_questions", "synonyms"
]))]
pub(super) struct DocumentReply {
    /// What the table is for in the business, in two to four sentences.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "String")]
    pub(super) business_description: String,
    /// What one row is, its keys, and how it connects to other tables, in one to three sentences.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "String")]
    pub(super) technical_description: String,
    /// One for each column that was asked about.
    #[serde(default, deserialize_with = "items")]
    #[schemars(with = "Vec<ReplyColumn>")]
    pub(super) columns: Vec<ReplyColumn>,
    /// Three to five purposes that the table serves.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    pub(super) use_cases: Vec<String>,
    /// Ten questions that people ask and this table answers.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    pub(super) common_questions: Vec<String>,
    /// Other names that people use for the table.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    pub(super) synonyms: Vec<String>,
}

/// A column as a model documents it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(extend("required" = ["column", "description", "synonyms"]))]
pub(super) struct ReplyColumn {
    /// Its name, exactly as given.
    #[serde(default, alias = "name", deserialize_with = "text")]
    #[schemars(with = "String")]
    pub(super) column: String,
    /// What it holds, in one sentence.
    #[serde(default, deserialize_with = "text")]
    #[schemars(with = "String")]
    pub(super) description: String,
    /// Other names that people use for it.
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    pub(super) synonyms: Vec<String>,
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

fn items<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ReplyColumn>, D::Error> {
    Ok(Option::<Vec<ReplyColumn>>::deserialize(deserializer)?.unwrap_or_default())
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        Many(Vec<Option<String>>),
        One(String),
        None,
    }
    Ok(match Texts::deserialize(deserializer)? {
        Texts::Many(texts) => texts.into_iter().flatten().collect(),
        Texts::One(text) => text.lines().map(|l| l.trim_start_matches(['-', '*', ' ']).to_owned()).collect(),
        Texts::None => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_are_missing_null_or_a_text_are_read_as_what_they_mean() {
        let said = r#"{"business_description": "Orders.", "technical_description": null,
            "columns": [{"name": "a", "description": "A.", "synonyms": null}], "use_cases": "- one\n- two"}"#;
        let reply: DocumentReply = serde_json::from_str(said).unwrap();
        assert_eq!(reply.columns[0].column, "a");
        assert_eq!(reply.use_cases, ["one", "two"]);
        assert_eq!((reply.technical_description.as_str(), reply.synonyms.len()), ("", 0));
        assert!(serde_json::from_str::<DocumentReply>(r#"{"columns": "none"}"#).is_err());
    }

    #[test]
    fn the_schema_asks_for_every_field() {
        let schema = serde_json::to_value(schemars::schema_for!(DocumentReply)).unwrap();
        assert_eq!(schema["required"].as_array().unwrap().len(), schema["properties"].as_object().unwrap().len());
    }
}
