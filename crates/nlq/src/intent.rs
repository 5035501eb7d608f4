//! What kind of message this is, before anything is looked up in depth.

use crate::{CatalogIndex, Question};
use datafyme_domain::ChartKind;

/// Kind of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Courtesies and questions about Datafyme itself.
    SmallTalk(SmallTalkKind),
    /// About earlier questions and answers of the conversation.
    AboutHistory,
    /// The last result again, drawn differently: no new SQL.
    ChangeChart(ChartKind),
    /// A question that stands alone.
    NewQuery,
    /// A change of the last question.
    FollowUp,
    /// Nothing that can be answered with a query.
    Unsupported {
        /// Why, for people.
        reason: String,
    },
}

/// Kinds of small talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallTalkKind {
    /// "hi"
    Greeting,
    /// "thanks"
    Thanks,
    /// "bye"
    Farewell,
    /// "how are you"
    WellBeing,
    /// "what can you do", "who are you"
    Capabilities,
}

/// Kind of the message: pure and cheap.
#[must_use]
pub fn classify(_index: &CatalogIndex, _question: &Question<'_>) -> Intent {
    Intent::NewQuery
}
