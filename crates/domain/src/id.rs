//! Identifiers: UUIDv7 newtypes, so that ids of different things cannot be mixed up and sort by creation time.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id; its leading bits are the current time.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

id! {
    /// A person or service that owns rows of ours.
    UserId,
    /// A registered customer database.
    DataSourceId,
    /// A thread of questions and answers over one data source.
    ConversationId,
    /// One utterance of a conversation.
    MessageId,
    /// One execution of the answer graph for one message.
    RunId,
    /// One persisted stage of a run.
    StepId,
    /// A durable background unit of work.
    JobId,
    /// A saved chart spec with its SQL and data source.
    ChartId,
    /// A joinable column list between two tables.
    RelationId,
    /// A reviewed question → SQL pair.
    VerifiedQueryId,
    /// A word of the business with its meaning in the data.
    BusinessTermId,
    /// A configured language model or embedder.
    ModelId,
}

impl UserId {
    /// The one user of an installation without accounts: whoever can reach the loopback interface.
    pub const LOCAL: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
}
