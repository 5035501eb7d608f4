//! Documents as rows of a collection, and what a search brings back as hits.

use super::collections::{ABOUT, BY_MEANING, KEY, SOURCE, TABLE, TERMS, TEXT_BYTES};
use super::expression::{document_key, table_key};
use super::wire::{Column, DENSE, Floats, Hits, Scalars, TEXT, Texts, Vectors};
use crate::search::words::terms;
use crate::{SearchDocument, SearchHit, StoreError};
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use serde::{Deserialize, Serialize};

/// What a hit tells of its document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct About {
    source: DataSourceId,
    id: String,
    table: TableRef,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
}

impl About {
    pub(super) fn hit(self, score: f64) -> SearchHit {
        SearchHit { id: self.id, source_id: self.source, table: self.table, column: self.column, score }
    }
}

/// The documents' fields, in columns; [`super::collections::BY_WORD`] is Milvus' to fill.
pub(super) fn columns(documents: &[&SearchDocument], dimensions: usize) -> Result<Vec<Column>, StoreError> {
    let of =
        |name: &str, value: &dyn Fn(&SearchDocument) -> Result<String, StoreError>| -> Result<Column, StoreError> {
            let data = documents.iter().map(|document| value(document)).collect::<Result<Vec<String>, StoreError>>()?;
            Ok(Column {
                data_type: TEXT,
                name: name.to_owned(),
                scalars: Some(Scalars { longs: None, texts: Some(Texts { data }) }),
                vectors: None,
            })
        };
    let vectors = Vectors {
        dimensions: i64::try_from(dimensions).unwrap_or(i64::MAX),
        floats: Some(Floats { data: documents.iter().flat_map(|document| document.vector.iter().copied()).collect() }),
    };
    Ok(vec![
        of(KEY, &|document| Ok(document_key(document.source_id, &document.id)))?,
        of(SOURCE, &|document| Ok(document.source_id.to_string()))?,
        of(TABLE, &|document| table_key(&document.table))?,
        of(ABOUT, &about)?,
        of(TERMS, &|document| Ok(lexical(terms(&document.text))))?,
        Column { data_type: DENSE, name: BY_MEANING.to_owned(), scalars: None, vectors: Some(vectors) },
    ])
}

fn about(document: &SearchDocument) -> Result<String, StoreError> {
    let about = About {
        source: document.source_id,
        id: document.id.clone(),
        table: document.table.clone(),
        column: document.column.clone(),
    };
    serde_json::to_string(&about)
        .map_err(|error| StoreError::new(ErrorKind::Internal, format!("cannot write a document: {error}")))
}

/// Terms as a text that any analyser takes apart into just these terms: those that are not of small ASCII letters and
/// digits are written in hexadecimal. What does not fit the field is left out.
pub(super) fn lexical(terms: Vec<String>) -> String {
    let mut text = String::new();
    for term in terms {
        let plain = term.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let term = if plain { term } else { term.bytes().map(|byte| format!("{byte:02x}")).collect() };
        if text.len() + 1 + term.len() > TEXT_BYTES {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&term);
    }
    text
}

/// The documents found, with their scores.
pub(super) fn scored(hits: Hits) -> Result<Vec<(About, f32)>, StoreError> {
    let about = hits.columns.into_iter().find(|column| column.name == ABOUT);
    let texts = about.and_then(|column| column.scalars?.texts).map(|texts| texts.data).unwrap_or_default();
    if texts.len() != hits.scores.len() {
        let text = "a search of Milvus has other numbers of documents and scores: run datafyme reindex";
        return Err(StoreError::new(ErrorKind::Corrupt, text));
    }
    let about = texts.iter().map(|text| serde_json::from_str(text)).collect::<Result<Vec<About>, _>>();
    let about = about.map_err(|error| {
        let text = format!("a document in Milvus does not read back ({error}): run datafyme reindex");
        StoreError::new(ErrorKind::Corrupt, text)
    })?;
    Ok(about.into_iter().zip(hits.scores).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_any_script_are_words_to_any_analyser() {
        let terms = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        assert_eq!(lexical(terms(&["order", "2024", "顧"])), "order 2024 e9a1a7");
        assert_eq!(lexical(Vec::new()), "");
    }

    #[test]
    fn terms_that_do_not_fit_are_left_out_whole() {
        let text = lexical(vec!["abcdefghi".to_owned(); 10_000]);
        assert!(text.len() <= TEXT_BYTES && text.ends_with(" abcdefghi"), "{}", text.len());
    }
}
