//! The collections that documents are in: one for each number of dimensions, of all data sources.

use super::client::{Client, Refused, method};
use super::wire::{
    Answer, BM25, Collections, CreateCollection, CreateIndex, DENSE, Field, Function, GetLoadState, LOADED,
    LoadCollection, LoadState, Nothing, SPARSE, Schema, Status, TEXT, pair,
};
use crate::StoreError;
use datafyme_domain::ErrorKind;
use prost::Message;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Of a document: data source and id.
pub(super) const KEY: &str = "key";
/// Of the data source; what the collection is partitioned by.
pub(super) const SOURCE: &str = "source";
/// Of the table, as [`super::expression::table_key`] makes it.
pub(super) const TABLE: &str = "of_table";
/// What a hit tells, as JSON.
pub(super) const ABOUT: &str = "about";
/// The terms that are searched for, as [`super::rows::lexical`] writes them.
pub(super) const TERMS: &str = "terms";
/// Made of the terms by Milvus: BM25.
pub(super) const BY_WORD: &str = "by_word";
pub(super) const BY_MEANING: &str = "by_meaning";

/// The longest text of a field, in bytes.
pub(super) const TEXT_BYTES: usize = 65_535;

const CALL: Duration = Duration::from_secs(20);
/// How long a collection may take to come into memory, and how often it is asked whether it has.
const LOADING: (u32, Duration) = (300, Duration::from_millis(100));

/// As the embedded index counts.
const BM25_PARAMS: &str = r#"{"bm25_k1":1.2,"bm25_b":0.75}"#;

/// The collections of one name.
#[derive(Debug)]
pub(super) struct Named {
    prefix: String,
    /// Numbers of dimensions whose collection is known to be there.
    made: Mutex<HashSet<usize>>,
}

impl Named {
    pub(super) fn with_prefix(prefix: String) -> Self {
        Self { prefix, made: Mutex::default() }
    }

    /// Name of the collection of vectors of that many dimensions.
    pub(super) fn of(&self, dimensions: usize) -> String {
        format!("{}_{dimensions}", self.prefix)
    }

    /// The numbers of dimensions that there are collections of.
    pub(super) async fn list(&self, client: &Client) -> Result<Vec<usize>, StoreError> {
        let answer: Collections = client.call(method("ShowCollections"), Nothing {}, CALL).await?;
        let mut dimensions: Vec<usize> = answer
            .collection_names
            .iter()
            .filter_map(|name| name.strip_prefix(&self.prefix)?.strip_prefix('_')?.parse().ok())
            .collect();
        dimensions.sort_unstable();
        Ok(dimensions)
    }

    /// Makes the collection where it is not known to be there.
    pub(super) async fn make(&self, client: &Client, dimensions: usize) -> Result<(), StoreError> {
        if self.made.lock().unwrap_or_else(PoisonError::into_inner).contains(&dimensions) {
            return Ok(());
        }
        if !self.list(client).await?.contains(&dimensions) {
            self.create(client, dimensions).await?;
        }
        // Whoever made the collection may not have come to its indexes yet; that they are there already is no failure.
        let indexed = self.index(client, dimensions).await;
        if let Err(error) = self.load(client, dimensions).await {
            return Err(indexed.err().unwrap_or(error));
        }
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(dimensions);
        Ok(())
    }

    /// Forgets that it is there: somebody has dropped it.
    pub(super) fn forget(&self, dimensions: usize) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).remove(&dimensions);
    }

    async fn create(&self, client: &Client, dimensions: usize) -> Result<(), StoreError> {
        let name = self.of(dimensions);
        let request = CreateCollection {
            collection_name: name.clone(),
            schema: schema(&name, dimensions).encode_to_vec(),
            consistency_level: super::Consistency::Bounded.level(),
        };
        let created = client.call::<_, Status>(method("CreateCollection"), request, CALL).await;
        if let Err(refused) = created {
            // Another process was faster.
            if !self.list(client).await?.contains(&dimensions) {
                return Err(refused.into());
            }
        }
        Ok(())
    }

    async fn index(&self, client: &Client, dimensions: usize) -> Result<(), StoreError> {
        let by_meaning = vec![pair("index_type", "AUTOINDEX"), pair("metric_type", "IP")];
        let by_word =
            vec![pair("index_type", "SPARSE_INVERTED_INDEX"), pair("metric_type", "BM25"), pair("params", BM25_PARAMS)];
        for (field, extra_params) in [(BY_MEANING, by_meaning), (BY_WORD, by_word)] {
            let request = CreateIndex {
                collection_name: self.of(dimensions),
                field_name: field.to_owned(),
                extra_params,
                index_name: field.to_owned(),
            };
            client.call::<_, Status>(method("CreateIndex"), request, CALL).await.map_err(StoreError::from)?;
        }
        Ok(())
    }

    /// Has the collection brought into memory, and waits for it.
    pub(super) async fn load(&self, client: &Client, dimensions: usize) -> Result<(), StoreError> {
        let name = self.of(dimensions);
        let load = LoadCollection { collection_name: name.clone() };
        client.call::<_, Status>(method("LoadCollection"), load, CALL).await.map_err(StoreError::from)?;
        for _ in 0..LOADING.0 {
            let ask = GetLoadState { collection_name: name.clone() };
            let answer: LoadState = client.call(method("GetLoadState"), ask, CALL).await.map_err(StoreError::from)?;
            if answer.state == LOADED {
                return Ok(());
            }
            tokio::time::sleep(LOADING.1).await;
        }
        Err(StoreError::new(ErrorKind::Unavailable, format!("Milvus does not load the collection {name}: look there")))
    }

    /// Makes a call on a collection, once more where the collection is not in memory. `None`: there is no collection.
    pub(super) async fn on<Q, A>(
        &self,
        client: &Client,
        dimensions: usize,
        (name, limit): (&'static str, Duration),
        question: Q,
    ) -> Result<Option<A>, StoreError>
    where
        Q: Message + Clone + 'static,
        A: Answer,
    {
        let outcome = match client.call(method(name), question.clone(), limit).await {
            Err(Refused::NotLoaded) => {
                self.load(client, dimensions).await?;
                client.call(method(name), question, limit).await
            }
            outcome => outcome,
        };
        match outcome {
            Ok(answer) => Ok(Some(answer)),
            Err(Refused::NoCollection) => {
                self.forget(dimensions);
                Ok(None)
            }
            Err(refused) => Err(refused.into()),
        }
    }
}

fn schema(name: &str, dimensions: usize) -> Schema {
    let text = |name: &str, bytes: usize| Field {
        name: name.to_owned(),
        data_type: TEXT,
        type_params: vec![pair("max_length", bytes)],
        ..Field::default()
    };
    let vector = |name: &str, data_type: i32| Field { name: name.to_owned(), data_type, ..Field::default() };
    let mut terms = text(TERMS, TEXT_BYTES);
    terms.type_params.push(pair("enable_analyzer", true));
    Schema {
        name: name.to_owned(),
        description: "documents of Datafyme: what its search index finds tables by".to_owned(),
        fields: vec![
            Field { is_primary_key: true, ..text(KEY, 128) },
            Field { is_partition_key: true, ..text(SOURCE, 36) },
            text(TABLE, 64),
            text(ABOUT, TEXT_BYTES),
            terms,
            Field { type_params: vec![pair("dim", dimensions)], ..vector(BY_MEANING, DENSE) },
            Field { is_function_output: true, ..vector(BY_WORD, SPARSE) },
        ],
        functions: vec![Function {
            name: "bm25".to_owned(),
            function_type: BM25,
            input_field_names: vec![TERMS.to_owned()],
            output_field_names: vec![BY_WORD.to_owned()],
        }],
    }
}
