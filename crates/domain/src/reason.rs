//! Why a relation is believed, as facts. The figures and names behind them stand in the relation; words are made where
//! they are shown, in the language of who reads them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// One reason of a relation. Earlier versions kept the words alone: such a text is read as [`Self::Text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case")]
pub enum RelationReason {
    /// A foreign key of the database.
    Declared,
    /// A person knows of it.
    AddedByPerson,
    /// Rows of the child were looked for in the parent: `child_rows`, `orphan_rows` and `basis` of the evidence.
    RowsMatched,
    /// Samples of both sides were compared: `containment` of the evidence.
    ValuesEstimated,
    /// No values could be compared.
    NotCompared,
    /// Fewer values have a match than before: `containment` and `containment_before` of the evidence.
    FewerMatches,
    /// The child's name names the parent.
    NameFits,
    /// The child's name is like the parent's.
    NameAlike,
    /// The columns of the child are named like those of the parent's primary key.
    NamedLikeKey,
    /// The value of the condition names the parent.
    TypeNamesParent,
    /// The parent column is a primary key.
    PrimaryKey,
    /// The parent column is unique in the data.
    UniqueInData,
    /// Both sides have the same declared type.
    SameType {
        /// The type, in lower case.
        declared_type: String,
    },
    /// Within one table such values may be there by chance: it is used once a person has confirmed it.
    ToBeConfirmed,
    /// A language model was asked.
    ModelOpinion {
        /// Whether the model holds it for likely.
        likely: bool,
        /// Why, in the model's words.
        reason: String,
    },
    /// Words of an earlier version.
    Text {
        /// In English.
        text: String,
    },
}

/// The reasons of several relations in words of one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ToldReasons {
    /// `en` or `hu`.
    pub language: String,
    /// Of each relation, in their order, the strongest first.
    pub reasons: Vec<Vec<String>>,
}

impl Serialize for RelationReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What is derived for a remote type, which is this one.
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for RelationReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrFacts;

        impl<'de> de::Visitor<'de> for TextOrFacts {
            type Value = RelationReason;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reason of a relation, or its text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RelationReason, E> {
                Ok(RelationReason::Text { text: text.to_owned() })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, facts: A) -> Result<RelationReason, A::Error> {
                RelationReason::deserialize(de::value::MapAccessDeserializer::new(facts))
            }
        }

        deserializer.deserialize_any(TextOrFacts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_back_as_it_is_written_and_the_words_of_earlier_versions_stay() {
        let reasons = vec![
            RelationReason::Declared,
            RelationReason::RowsMatched,
            RelationReason::SameType { declared_type: "integer".to_owned() },
            RelationReason::ModelOpinion { likely: false, reason: "both count days".to_owned() },
            RelationReason::Text { text: "the names fit".to_owned() },
        ];
        let written = serde_json::to_value(&reasons).unwrap();
        assert_eq!(written[1], serde_json::json!({ "kind": "rows_matched" }));
        assert_eq!(written[2], serde_json::json!({ "kind": "same_type", "declared_type": "integer" }));
        assert_eq!(serde_json::from_value::<Vec<RelationReason>>(written).unwrap(), reasons);
        let earlier: Vec<RelationReason> =
            serde_json::from_str(r#"["the names fit", {"kind": "primary_key"}]"#).unwrap();
        assert_eq!(earlier, [RelationReason::Text { text: "the names fit".to_owned() }, RelationReason::PrimaryKey]);
    }

    #[test]
    fn what_is_no_reason_is_refused() {
        for text in ["1", "null", "{}", r#"{"kind": "because"}"#, r#"{"kind": "same_type"}"#] {
            assert!(serde_json::from_str::<RelationReason>(text).is_err(), "{text}");
        }
    }
}
