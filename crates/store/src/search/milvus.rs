//! The search index in Milvus 2.5 or later, over gRPC. Start at [`MilvusSearchIndex::open`].
//!
//! All data sources share a collection per number of dimensions, partitioned by data source. Milvus ranks by meaning
//! (inner product) and by words (BM25 over our own terms); the two rankings are fused here, so that equal hits come in
//! the same order as from the embedded index.

mod client;
mod collections;
mod expression;
mod rows;
mod wire;

use super::fusion::{Best, depth, fused};
use super::words::terms;
use super::{HybridQuery, SearchDocument, SearchHit, SearchIndex, other_dimensions};
use crate::StoreError;
use crate::remote::Engine;
use async_trait::async_trait;
use client::Client;
use collections::{ABOUT, BY_MEANING, BY_WORD, Named};
use datafyme_domain::{DataSourceId, ErrorKind, TableRef};
use expression::{but, document_key, of_other_tables, of_sources, of_tables, table_key};
use prost::Message;
use rows::About;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;
use wire::{
    DENSE, Delete, EXPRESSION, Found, LONG, Mutation, Placeholder, Placeholders, Query, Rows, Search, TEXT, Upsert,
    pair,
};

/// A question waits this long at most.
const READ: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(60);
/// Documents written at once.
const ROWS: usize = 256;
/// Tables named in one filter.
const TABLES: usize = 200;
/// The most hits that Milvus gives.
const MOST: usize = 16_384;
/// Name of the collections before their number of dimensions, unless the URL has another.
const PREFIX: &str = "datafyme";

/// How a Milvus is reached and read, beside its URL.
#[derive(Debug, Clone, Default)]
pub struct MilvusOptions {
    /// Password of the URL's user; an API key where the URL names no user.
    pub password: Option<String>,
    /// Whom to trust (PEM) instead of the public authorities; speaks TLS.
    pub ca_pem: Option<Vec<u8>>,
    /// How fresh what a search sees is.
    pub consistency: Consistency,
}

/// How fresh what a search sees is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consistency {
    /// All that was written before.
    Strong,
    /// What was written up to some seconds before: does not wait.
    #[default]
    Bounded,
    /// Whatever is there.
    Eventually,
}

impl Consistency {
    /// Its number in the protocol.
    const fn level(self) -> i32 {
        match self {
            Self::Strong => 0,
            Self::Bounded => 2,
            Self::Eventually => 3,
        }
    }

    /// The moment from which on what was written need not be seen, as clients of Milvus say it.
    const fn guarantee(self) -> u64 {
        match self {
            Self::Strong => 0,
            Self::Bounded => 2,
            Self::Eventually => 1,
        }
    }
}

/// The search index of all data sources in one database of a Milvus.
#[derive(Debug)]
pub struct MilvusSearchIndex {
    client: Client,
    collections: Named,
    consistency: Consistency,
    /// One writer at a time: what is replaced is written, then taken out.
    writing: Mutex<()>,
}

impl MilvusSearchIndex {
    /// Of the server at `milvus://user@host:19530/database?tls=true&collection=datafyme`. Nothing is asked of it yet, so
    /// that it need not be there.
    ///
    /// # Errors
    /// `InvalidInput`: the URL, the certificate.
    pub async fn open(url: &str, options: MilvusOptions) -> Result<Self, StoreError> {
        let url = Url::parse(url)
            .map_err(|_| StoreError::new(ErrorKind::InvalidInput, "search.url is no URL: write milvus://host:19530"))?;
        let prefix = url.query_pairs().find(|(key, _)| key == "collection").map(|(_, value)| value.into_owned());
        let prefix = prefix.unwrap_or_else(|| PREFIX.to_owned());
        if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            let text = "collection in search.url is not of letters, digits and _";
            return Err(StoreError::new(ErrorKind::InvalidInput, text));
        }
        Ok(Self {
            client: Client::at(&url, &options)?,
            collections: Named::with_prefix(prefix),
            consistency: options.consistency,
            writing: Mutex::default(),
        })
    }

    /// Documents of a collection that fit a filter.
    async fn count_in(&self, dimensions: usize, filter: &str) -> Result<u64, StoreError> {
        let query = Query {
            collection_name: self.collections.of(dimensions),
            filter: filter.to_owned(),
            output_fields: vec!["count(*)".to_owned()],
            guarantee_timestamp: Consistency::Strong.guarantee(),
            consistency_level: Consistency::Strong.level(),
        };
        let asked = self.collections.on(&self.client, dimensions, ("Query", READ), query).await?;
        let Some(rows): Option<Rows> = asked else { return Ok(0) };
        let counted = rows.columns.into_iter().find(|column| column.data_type == LONG);
        let count = counted.and_then(|column| column.scalars?.longs?.data.first().copied());
        count.and_then(|count| u64::try_from(count).ok()).ok_or_else(|| {
            StoreError::new(ErrorKind::Corrupt, "Milvus counts no documents: is it of version 2.5 or later?")
        })
    }

    async fn delete_in(&self, dimensions: usize, filter: &str) -> Result<(), StoreError> {
        let delete = Delete { collection_name: self.collections.of(dimensions), filter: filter.to_owned() };
        let deleted: Option<Mutation> =
            self.collections.on(&self.client, dimensions, ("Delete", WRITE), delete).await?;
        // Of a collection that is gone nothing is left to delete.
        let _ = deleted;
        Ok(())
    }

    /// Writes documents of `dimensions` dimensions, in place of those of the same ids.
    async fn put(&self, dimensions: usize, documents: &[&SearchDocument]) -> Result<(), StoreError> {
        // Milvus takes each key once at a time; the last of a key stands.
        let by_key: BTreeMap<String, &SearchDocument> =
            documents.iter().map(|document| (document_key(document.source_id, &document.id), *document)).collect();
        let documents: Vec<&SearchDocument> = by_key.into_values().collect();
        for documents in documents.chunks(ROWS) {
            let upsert = Upsert {
                collection_name: self.collections.of(dimensions),
                columns: rows::columns(documents, dimensions)?,
                rows: u32::try_from(documents.len()).unwrap_or(u32::MAX),
            };
            self.collections.make(&self.client, dimensions).await?;
            let put = ("Upsert", WRITE);
            let done: Option<Mutation> = self.collections.on(&self.client, dimensions, put, upsert.clone()).await?;
            if done.is_none() {
                self.collections.make(&self.client, dimensions).await?;
                let again: Option<Mutation> = self.collections.on(&self.client, dimensions, put, upsert).await?;
                again.ok_or_else(|| StoreError::from(client::Refused::NoCollection))?;
            }
        }
        Ok(())
    }

    /// Refuses documents that do not have as many dimensions as each other and as those of `source` that stay.
    async fn dimensions_of(
        &self,
        source: DataSourceId,
        documents: &[&SearchDocument],
        replaced: &[String],
    ) -> Result<Option<usize>, StoreError> {
        let Some(first) = documents.first().map(|document| document.vector.len()) else { return Ok(None) };
        if let Some(other) = documents.iter().find(|document| document.vector.len() != first) {
            return Err(other_dimensions(other.vector.len(), first));
        }
        let stay = if replaced.is_empty() { of_sources(&[source]) } else { of_other_tables(source, replaced) };
        for held in self.collections.list(&self.client).await? {
            if held != first && self.count_in(held, &stay).await? > 0 {
                return Err(other_dimensions(first, held));
            }
        }
        Ok(Some(first))
    }

    /// One ranking: the documents nearest to what the placeholder holds.
    async fn ranked(
        &self,
        dimensions: usize,
        (field, metric): (&str, &str),
        (data_type, value): (i32, Vec<u8>),
        (filter, depth): (&str, usize),
    ) -> Result<Vec<(About, f32)>, StoreError> {
        let placeholder = Placeholder { tag: "$0".to_owned(), data_type, values: vec![value] };
        let search = Search {
            collection_name: self.collections.of(dimensions),
            filter: filter.to_owned(),
            placeholders: Placeholders { placeholders: vec![placeholder] }.encode_to_vec(),
            filter_type: EXPRESSION,
            output_fields: vec![ABOUT.to_owned()],
            params: vec![
                pair("anns_field", field),
                pair("topk", depth),
                pair("metric_type", metric),
                pair("params", "{}"),
                pair("round_decimal", -1),
            ],
            guarantee_timestamp: self.consistency.guarantee(),
            queries: 1,
            consistency_level: self.consistency.level(),
        };
        let found: Option<Found> = self.collections.on(&self.client, dimensions, ("Search", READ), search).await?;
        found.and_then(|found| found.hits).map_or_else(|| Ok(Vec::new()), rows::scored)
    }

    /// Both rankings of a collection.
    async fn both(
        &self,
        dimensions: usize,
        query: &HybridQuery,
        words: &str,
        of: (&str, usize),
    ) -> Result<[Vec<(About, f32)>; 2], StoreError> {
        let by_word = async {
            if words.is_empty() {
                return Ok(Vec::new());
            }
            let mut found = self.ranked(dimensions, (BY_WORD, "BM25"), (TEXT, words.as_bytes().to_vec()), of).await?;
            // Milvus says how near a document is; milvus-lite says the same below zero, as a distance.
            found.iter_mut().for_each(|(_, score)| *score = score.abs());
            Ok(found)
        };
        let by_meaning = async {
            if query.vector.iter().all(|number| *number == 0.0) {
                return Ok(Vec::new());
            }
            let bytes = query.vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            self.ranked(dimensions, (BY_MEANING, "IP"), (DENSE, bytes), of).await
        };
        let (by_word, by_meaning) = tokio::try_join!(by_word, by_meaning)?;
        Ok([by_word, by_meaning])
    }

    /// The collections that a query's documents may be in.
    async fn searched(&self, query: &HybridQuery, filter: &str) -> Result<Vec<usize>, StoreError> {
        let mut there = self.collections.list(&self.client).await?;
        if !query.vector.is_empty() {
            let asked = query.vector.len();
            for held in there.iter().filter(|held| **held != asked) {
                if self.count_in(*held, filter).await? > 0 {
                    return Err(other_dimensions(asked, *held));
                }
            }
            there.retain(|held| *held == asked);
        }
        Ok(there)
    }
}

#[async_trait]
impl Engine for MilvusSearchIndex {
    async fn check(&self) -> Result<String, StoreError> {
        Ok(format!("Milvus {}", self.client.version(READ).await?))
    }
}

#[async_trait]
impl SearchIndex for MilvusSearchIndex {
    async fn upsert(&self, documents: &[SearchDocument]) -> Result<(), StoreError> {
        let mut of_source: BTreeMap<DataSourceId, Vec<&SearchDocument>> = BTreeMap::new();
        for document in documents {
            of_source.entry(document.source_id).or_default().push(document);
        }
        let _one = self.writing.lock().await;
        let mut accepted = Vec::with_capacity(of_source.len());
        for (source, documents) in of_source {
            accepted.push((self.dimensions_of(source, &documents, &[]).await?, documents));
        }
        for (dimensions, documents) in accepted {
            if let Some(dimensions) = dimensions {
                self.put(dimensions, &documents).await?;
            }
        }
        Ok(())
    }

    async fn delete(&self, source: DataSourceId, table: Option<&TableRef>) -> Result<(), StoreError> {
        let filter = match table {
            Some(table) => of_tables(source, &[table_key(table)?]),
            None => of_sources(&[source]),
        };
        let _one = self.writing.lock().await;
        for dimensions in self.collections.list(&self.client).await? {
            self.delete_in(dimensions, &filter).await?;
        }
        Ok(())
    }

    async fn replace(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        documents: &[SearchDocument],
    ) -> Result<(), StoreError> {
        let keys = tables.iter().map(table_key).collect::<Result<Vec<String>, StoreError>>()?;
        let documents: Vec<&SearchDocument> = documents.iter().filter(|d| d.source_id == source).collect();
        let _one = self.writing.lock().await;
        if let Some(dimensions) = self.dimensions_of(source, &documents, &keys).await? {
            self.put(dimensions, &documents).await?;
        }
        // What is new is there already: nobody ever finds less than one of the two.
        for tables in keys.chunks(TABLES) {
            let named: HashSet<&String> = tables.iter().collect();
            let mut stay = Vec::new();
            for document in &documents {
                if named.contains(&table_key(&document.table)?) {
                    stay.push(document_key(source, &document.id));
                }
            }
            let held = documents.first().map(|document| document.vector.len());
            for dimensions in self.collections.list(&self.client).await? {
                let stay = if held == Some(dimensions) { stay.as_slice() } else { &[] };
                self.delete_in(dimensions, &but(&of_tables(source, tables), stay)).await?;
            }
        }
        Ok(())
    }

    async fn search(&self, query: &HybridQuery) -> Result<Vec<SearchHit>, StoreError> {
        let sources: BTreeSet<DataSourceId> = query.sources.iter().copied().collect();
        let sources: Vec<DataSourceId> = sources.into_iter().collect();
        if sources.is_empty() {
            return Ok(Vec::new());
        }
        let filter = of_sources(&sources);
        let there = self.searched(query, &filter).await?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let depth = depth(query.limit).min(MOST);
        let distinct: BTreeSet<String> = terms(&query.text).into_iter().collect();
        let words = rows::lexical(distinct.into_iter().collect());
        let mut rankings = [Best::of(depth), Best::of(depth)];
        for dimensions in there {
            let found = self.both(dimensions, query, &words, (&filter, depth)).await?;
            for (ranking, found) in rankings.iter_mut().zip(found) {
                // What has nothing of what was searched has no rank.
                let near = found.into_iter().filter(|(_, score)| *score > 0.0);
                near.for_each(|(about, score)| ranking.push(about, score));
            }
        }
        let best = fused(rankings).into_iter().take(query.limit);
        Ok(best.map(|(about, score)| about.hit(score)).collect())
    }

    async fn count(&self, source: DataSourceId) -> Result<u64, StoreError> {
        let mut documents = 0;
        for dimensions in self.collections.list(&self.client).await? {
            documents += self.count_in(dimensions, &of_sources(&[source])).await?;
        }
        Ok(documents)
    }
}
