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

/// The same model with a sparse head, which gives each token the same weight.
async fn with_sparse_head(weight: f32) -> LocalEmbedder {
    let model = std::env::var_os("DATAFYME_TEST_MINILM").unwrap();
    let dir = tempfile::tempdir().unwrap();
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        std::os::unix::fs::symlink(Path::new(&model).join(file), dir.path().join(file)).unwrap();
    }
    let of = |values: Vec<f32>| candle_core::Tensor::new(values, &candle_core::Device::Cpu).unwrap();
    let head = std::collections::HashMap::from([("weight", of(vec![0.0; 384])), ("bias", of(vec![weight]))]);
    candle_core::safetensors::save(&head, dir.path().join("sparse_linear.safetensors")).unwrap();
    LocalEmbedder::load(dir.path()).await.unwrap()
}

#[tokio::test]
async fn a_sparse_head_makes_rare_words_count_by_themselves() {
    let said = texts(&["zyxxel", "the zyxxel of all", "the others of all", ""]);
    let (without, with) = (with_sparse_head(0.0).await, with_sparse_head(0.5).await);
    assert_eq!(with.dimensions(), 384 + 2_048);
    let (plain, vectors) = (without.embed(&said).await.unwrap(), with.embed(&said).await.unwrap());
    let margin = |v: &[Vec<f32>]| cosine(&v[0], &v[1]) - cosine(&v[0], &v[2]);
    assert!(margin(&vectors) > margin(&plain), "{} against {}", margin(&vectors), margin(&plain));
    for vector in &vectors[..3] {
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4);
    }
    assert!(vectors[3].iter().all(|v| *v == 0.0) && vectors[3].len() == with.dimensions());
}

#[tokio::test]
async fn a_directory_without_a_model_is_told() {
    let told = LocalEmbedder::load(Path::new("/no/such/model")).await.unwrap_err();
    assert_eq!(told.to_string(), "the local embedder: /no/such/model is no directory");
}
