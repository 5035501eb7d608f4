//! A provider behind a private certificate authority.
//!
//! `tests/certificates/` holds an authority made for this test, valid until 2120, and a certificate for 127.0.0.1 that it
//! signed. The authority's own key was thrown away.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use datafyme_domain::{ErrorKind, Provider};
use datafyme_llm::{
    HttpOptions, LlmCause,
    conformance::{options, request, spec},
    providers,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{path::Path, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

/// A server behind TLS that gives every connection the same reply; its address.
async fn server() -> String {
    let chain: Vec<_> = CertificateDer::pem_file_iter(file("cert.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(file("key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not trust us ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            stream.read_buf(&mut Vec::with_capacity(16_384)).await.unwrap();
            let body = r#"{"choices": [{"message": {"content": "3"}, "finish_reason": "stop"}]}"#;
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    format!("https://{address}")
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_its_file_is_given_and_only_then() {
    let spec = spec(Provider::OpenAi, &server().await);
    let trusting = HttpOptions { extra_ca: Some(file("ca.pem")), ..options() };
    let reply = providers::connect(&spec, &trusting).unwrap().complete(&request()).await.unwrap();
    assert_eq!(reply.text, "3");

    let error = providers::connect(&spec, &options()).unwrap().complete(&request()).await.unwrap_err();
    assert_eq!((error.kind(), error.cause()), (ErrorKind::Unavailable, LlmCause::Connection));
    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
}
