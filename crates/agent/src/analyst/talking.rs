//! Contracts of the tasks around a question: screening, small talk, restating, routing, titles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of message it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Screening {
    /// A greeting, thanks, a question about Datafyme itself.
    SmallTalk,
    /// A question about the data or about earlier answers.
    Relevant,
    /// Nothing that is answered: another language, SQL, a request to change data.
    Declined {
        /// Why, and what to ask instead.
        reason: String,
        /// Questions that can be asked instead.
        suggestions: Vec<String>,
    },
}

/// A reply in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reply {
    /// The words.
    pub text: String,
    /// Questions to ask next.
    pub suggestions: Vec<String>,
}

/// A question that stands alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Restated {
    /// The question; unchanged when it stood alone already.
    pub question: String,
    /// Whether it refers to an earlier turn.
    pub follow_up: bool,
}

/// Whether a new query is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QueryNeed {
    /// Whether.
    pub needed: bool,
    /// Why, in one line.
    pub why: String,
}

/// Whether another chart is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChartNeed {
    /// Whether.
    pub needed: bool,
    /// Why, in one line.
    pub why: String,
}

/// Title of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Title {
    /// At most 60 characters.
    pub title: String,
}
