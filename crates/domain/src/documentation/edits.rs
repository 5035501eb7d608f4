//! What people wrote over generated documentation.

use super::{TableDocumentation, is_false};
use crate::{DataSourceId, TableRef};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A field as a person left it, with what had been generated at that time: the common ancestor of a three-way merge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Edit<T> {
    /// What was generated when it was edited.
    pub base: T,
    /// What it was edited to.
    pub edited: T,
}

/// What people wrote about one table. A field that is absent is as generated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableEdits {
    /// The data source.
    pub source_id: DataSourceId,
    /// The table.
    pub table: TableRef,
    /// How often it was saved: 0 before the first time. A write names the version that it rests on.
    #[serde(default)]
    pub version: u64,
    /// Name of who saved it last; empty before the first time.
    #[serde(default)]
    pub editor: String,
    /// When it was saved last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<DateTime<Utc>>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_description: Option<Edit<String>>,
    /// What it is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technical_description: Option<Edit<String>>,
    /// What it can be used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_cases: Option<Edit<Vec<String>>>,
    /// Questions that it can answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common_questions: Option<Edit<Vec<String>>>,
    /// Other names of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<Edit<Vec<String>>>,
    /// Set aside.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Its columns that something was written about, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnEdits>,
}

/// What people wrote about one column. A field that is absent is as generated.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ColumnEdits {
    /// Column name.
    pub column: String,
    /// What it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Edit<String>>,
    /// Other names of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<Edit<Vec<String>>>,
    /// What its numbers count; nothing generates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How its values are written; nothing generates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Set aside.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
}

impl TableEdits {
    /// Nothing written yet.
    #[must_use]
    pub const fn none(source_id: DataSourceId, table: TableRef) -> Self {
        Self {
            source_id,
            table,
            version: 0,
            editor: String::new(),
            edited_at: None,
            business_description: None,
            technical_description: None,
            use_cases: None,
            common_questions: None,
            synonyms: None,
            hidden: false,
            columns: Vec::new(),
        }
    }

    /// What was written about a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnEdits> {
        self.columns.iter().find(|c| c.column == name)
    }

    /// What was written about a column, to change it. Columns stay sorted by name.
    pub fn column_mut(&mut self, name: &str) -> &mut ColumnEdits {
        let place = self.columns.partition_point(|c| c.column.as_str() < name);
        if self.columns.get(place).is_none_or(|c| c.column != name) {
            self.columns.insert(place, ColumnEdits { column: name.to_owned(), ..ColumnEdits::default() });
        }
        #[expect(clippy::indexing_slicing, reason = "it was put there")]
        &mut self.columns[place]
    }

    /// Leaves out columns that nothing is written about.
    pub fn tidy(&mut self) {
        self.columns.retain(|c| *c != ColumnEdits { column: c.column.clone(), ..ColumnEdits::default() });
    }

    /// Whether all is as generated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let bare = Self {
            version: self.version,
            editor: self.editor.clone(),
            edited_at: self.edited_at,
            ..Self::none(self.source_id, self.table.clone())
        };
        *self == bare
    }

    /// Names of the edited texts under which something else is generated now than when they were edited: both sides of
    /// the merge changed, and the person's stands. Lists are not among them: they follow both sides.
    #[must_use]
    pub fn outdated(&self, generated: &TableDocumentation) -> Vec<String> {
        let differs =
            |edit: &Option<Edit<String>>, now: &str| edit.as_ref().is_some_and(|e| e.base != now && e.edited != now);
        let mut fields = Vec::new();
        if differs(&self.business_description, &generated.business_description) {
            fields.push("business_description".to_owned());
        }
        if differs(&self.technical_description, &generated.technical_description) {
            fields.push("technical_description".to_owned());
        }
        for column in &self.columns {
            let now = generated.columns.iter().find(|c| c.column == column.column);
            if now.is_some_and(|now| differs(&column.description, &now.description)) {
                fields.push(format!("columns.{}.description", column.column));
            }
        }
        fields
    }

    /// Names of the edited fields: `business_description`, `columns.price.synonyms`.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let mut fields = Vec::new();
        let mut note = |edited: bool, name: String| {
            if edited {
                fields.push(name);
            }
        };
        note(self.business_description.is_some(), "business_description".to_owned());
        note(self.technical_description.is_some(), "technical_description".to_owned());
        note(self.use_cases.is_some(), "use_cases".to_owned());
        note(self.common_questions.is_some(), "common_questions".to_owned());
        note(self.synonyms.is_some(), "synonyms".to_owned());
        note(self.hidden, "hidden".to_owned());
        for column in &self.columns {
            let name = |field: &str| format!("columns.{}.{field}", column.column);
            note(column.description.is_some(), name("description"));
            note(column.synonyms.is_some(), name("synonyms"));
            note(column.unit.is_some(), name("unit"));
            note(column.format.is_some(), name("format"));
            note(column.hidden, name("hidden"));
        }
        fields
    }
}
