//! The local embedder with a real MiniLM: `make test-embeddings`, which says where the model is.
#![cfg(feature = "local-embeddings")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use datafyme_llm::{Embedder, LocalEmbedder};
use std::path::Path;

async fn minilm() -> LocalEmbedder {
    let dir = std::env::var_os("DATAFYME_TEST_MINILM").expect("set DATAFYME_TEST_MINILM, as make test-embeddings does");
    LocalEmbedder::load(Path::new(&dir)).await.unwrap()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[tokio::test]
async fn sentences_of_one_meaning_are_near_as_the_reference_says() {
    let vectors = minilm()
        .await
        .embed(&texts(&["how many singers are there", "count the vocalists", "the weather is nice"]))
        .await;
    let vectors = vectors.unwrap();
    // By an independent implementation over the same weights.
    assert!((cosine(&vectors[0], &vectors[1]) - 0.778).abs() < 0.005, "{}", cosine(&vectors[0], &vectors[1]));
    assert!((cosine(&vectors[0], &vectors[2]) + 0.025).abs() < 0.005, "{}", cosine(&vectors[0], &vectors[2]));
}

#[tokio::test]
async fn a_text_has_the_same_vector_alone_and_among_longer_ones() {
    let model = minilm().await;
    let long = "a much longer sentence about the invoices of all customers ".repeat(100);
    let together = model.embed(&texts(&["orders", &long, "", "tables"])).await.unwrap();
    let alone = model.embed(&texts(&["orders"])).await.unwrap();
    assert!(cosine(&together[0], &alone[0]) > 0.9999);
    assert_eq!(together.len(), 4);
    assert!(together[2].iter().all(|v| *v == 0.0), "a blank text has the vector 0");
    for at in [0, 1, 3] {
        assert_eq!(together[at].len(), model.dimensions());
        assert!((cosine(&together[at], &together[at]) - 1.0).abs() < 1e-4);
    }
}

#[tokio::test]
async fn a_directory_without_a_model_is_told() {
    let told = LocalEmbedder::load(Path::new("/no/such/model")).await.unwrap_err();
    assert_eq!(told.to_string(), "the local embedder: /no/such/model is no directory");
}
