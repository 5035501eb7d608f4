//! How long a search takes: `cargo run --release -p datafyme-store --example search_bench -- 1000 5000` prints, for
//! that many tables of sixteen documents each, the time of loading the index and the median and 95th percentile of a
//! search.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use datafyme_domain::{DataSourceId, TableRef};
use datafyme_store::{EmbeddedSearchIndex, HybridQuery, SearchDocument, SearchIndex};
use std::time::{Duration, Instant};

const DOCUMENTS_PER_TABLE: usize = 16;
const DIMENSIONS: usize = 384;
const SEARCHES: usize = 200;
const WORDS: [&str; 24] = [
    "order",
    "customer",
    "price",
    "stock",
    "city",
    "date",
    "unit",
    "status",
    "invoice",
    "supplier",
    "warehouse",
    "payment",
    "film",
    "room",
    "ticket",
    "region",
    "product",
    "amount",
    "name",
    "code",
    "shift",
    "employee",
    "branch",
    "return",
];

/// Numbers that are the same on every run (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn text(&mut self, words: usize) -> String {
        let words: Vec<String> = (0..words)
            .map(|_| match self.next() % 3 {
                0 => format!("term{}", self.next() % 5_000),
                _ => (*WORDS.iter().cycle().nth(self.next() % WORDS.len()).unwrap()).to_owned(),
            })
            .collect();
        words.join(" ")
    }

    fn vector(&mut self) -> Vec<f32> {
        let raw: Vec<f32> =
            (0..DIMENSIONS).map(|_| f32::from(u16::try_from(self.next() % 2_000).unwrap()) - 1_000.0).collect();
        let length = raw.iter().map(|v| v * v).sum::<f32>().sqrt();
        raw.iter().map(|v| v / length).collect()
    }
}

async fn measure(tables: usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index.db");
    let source = DataSourceId::generate();
    let mut numbers = Numbers(42);
    let index = EmbeddedSearchIndex::open(&path).await.unwrap();
    let begun = Instant::now();
    for chunk in (0..tables).collect::<Vec<_>>().chunks(100) {
        let documents: Vec<SearchDocument> = chunk
            .iter()
            .flat_map(|table| (0..DOCUMENTS_PER_TABLE).map(move |n| (table, n)))
            .map(|(table, n)| SearchDocument {
                id: format!("sales.t{table}#{n}"),
                source_id: source,
                table: TableRef::new("sales", format!("t{table}")),
                column: None,
                text: numbers.text(20),
                vector: numbers.vector(),
            })
            .collect();
        index.upsert(&documents).await.unwrap();
    }
    let written = begun.elapsed();
    let query = |numbers: &mut Numbers| HybridQuery {
        sources: vec![source],
        text: numbers.text(8),
        vector: numbers.vector(),
        limit: 20,
    };
    let begun = Instant::now();
    index.search(&query(&mut numbers)).await.unwrap();
    let loaded = begun.elapsed();
    let mut times: Vec<Duration> = Vec::with_capacity(SEARCHES);
    for _ in 0..SEARCHES {
        let asked = query(&mut numbers);
        let begun = Instant::now();
        let hits = index.search(&asked).await.unwrap();
        times.push(begun.elapsed());
        assert_eq!(hits.len(), 20);
    }
    times.sort();
    let p50 = times.get(SEARCHES / 2).unwrap();
    let p95 = times.get(SEARCHES * 95 / 100).unwrap();
    println!(
        "{tables} tables, {} documents of {DIMENSIONS} dimensions: written in {written:.1?}, first search {loaded:.1?}, \
         p50 {p50:.2?}, p95 {p95:.2?}",
        tables * DOCUMENTS_PER_TABLE
    );
}

#[tokio::main]
async fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|size| size.parse().unwrap()).collect();
    for tables in if sizes.is_empty() { vec![1_000, 5_000] } else { sizes } {
        measure(tables).await;
    }
}
