//! Whom TLS trusts: Mozilla's roots, and the certificates of a file.

use crate::LlmError;
use datafyme_domain::ErrorKind;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{path::Path, sync::Arc};

/// The configuration of TLS, over *ring*: the provider that the database drivers use too.
pub(super) fn tls(extra_ca: Option<&Path>) -> Result<ClientConfig, LlmError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = extra_ca {
        add(&mut roots, path)?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| LlmError::new(ErrorKind::Internal, format!("TLS cannot be set up: {e}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), LlmError> {
    let refused = |why: String| {
        let path = path.display();
        LlmError::new(
            ErrorKind::InvalidInput,
            format!("the certificate file {path} {why}: give one with PEM certificates"),
        )
    };
    let pem = std::fs::read(path).map_err(|e| refused(format!("cannot be read ({e})")))?;
    let mut found = 0;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|e| refused(format!("does not parse ({e})")))?;
        roots.add(certificate).map_err(|e| refused(format!("holds an unusable certificate ({e})")))?;
        found += 1;
    }
    if found == 0 {
        return Err(refused("holds no certificate".into()));
    }
    Ok(())
}
