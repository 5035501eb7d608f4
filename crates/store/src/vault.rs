//! The vault: seals secrets of ours with the key file of the data directory.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random 192-bit nonce. The id of the row is authenticated with
//! the secret, so that a sealed value moved to another row does not open. Sealed form: `v1.` + base64(nonce ‖ text).

mod key_file;

use crate::StoreError;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use datafyme_domain::ErrorKind;
use std::fmt;
use std::path::{Path, PathBuf};

const VERSION: &str = "v1.";
const NONCE_BYTES: usize = 24;

/// Seals and opens secrets. Shows nothing of the key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    /// Where the key lies; absent for one that lives in memory.
    file: Option<PathBuf>,
    /// Whether the key was made just now, beside metadata that stood there already.
    stranger: bool,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Reads the key file `secret.key` of a data directory, and makes it first where there is none. Processes that
    /// race agree on one key. The directory is made where it is missing.
    ///
    /// # Errors
    /// `Unavailable` (cannot read or write there), `Corrupt` (not 32 bytes), `ResourceExhausted` (disk full).
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let file = data_dir.join(key_file::NAME);
        // Looked at before the key file: metadata is made after the key, so whoever sees it must see the key too.
        let metadata_stands = data_dir.join(crate::metadata::sqlite::FILE_NAME).exists();
        if let Some(key) = key_file::read(&file)? {
            return Ok(Self::with_key(&key, Some(file), false));
        }
        // A key beside metadata is written only once that metadata says that nothing is sealed with a lost one.
        if metadata_stands {
            return Ok(Self::with_key(&XChaCha20Poly1305::generate_key(&mut OsRng), Some(file), true));
        }
        let key = key_file::create(&file, &XChaCha20Poly1305::generate_key(&mut OsRng))?;
        Ok(Self::with_key(&key, Some(file), false))
    }

    /// With the key in that file, which other processes share.
    ///
    /// # Errors
    /// `Unavailable` (missing or not to be read), `Corrupt` (not 32 bytes).
    pub fn with_key_file(file: &Path) -> Result<Self, StoreError> {
        let key = key_file::read(file)?.ok_or_else(|| {
            let text = format!(
                "the key file {} is missing: restore it, or make one for all processes with `openssl rand 32`",
                file.display()
            );
            StoreError::new(ErrorKind::Unavailable, text)
        })?;
        Ok(Self::with_key(&key, Some(file.to_owned()), false))
    }

    /// With the key that this text is.
    ///
    /// # Errors
    /// `InvalidInput` when it is not 32 bytes in base64.
    pub fn with_base64(text: &str) -> Result<Self, StoreError> {
        let bytes = STANDARD_NO_PAD.decode(text.trim().trim_end_matches('=')).ok().filter(|bytes| bytes.len() == 32);
        let bytes = bytes.ok_or_else(|| {
            let text = "the key is not 32 bytes in base64: make one for all processes with `openssl rand -base64 32`";
            StoreError::new(ErrorKind::InvalidInput, text)
        })?;
        Ok(Self::with_key(Key::from_slice(&bytes), None, false))
    }

    /// A vault with a key of its own that is kept nowhere: for tests.
    #[must_use]
    pub fn generate() -> Self {
        Self::with_key(&XChaCha20Poly1305::generate_key(&mut OsRng), None, false)
    }

    fn with_key(key: &Key, file: Option<PathBuf>, stranger: bool) -> Self {
        Self { cipher: XChaCha20Poly1305::new(key), file, stranger }
    }

    /// Settles the vault against what is stored: `sealed` is one stored value with the row it belongs to.
    ///
    /// # Errors
    /// `Corrupt` when the key file is missing or wrong although something is sealed.
    pub(crate) fn settle(self, sealed: Option<(&str, &str)>) -> Result<Self, StoreError> {
        let Some((row, value)) = sealed else {
            let Some(file) = self.file.clone().filter(|_| self.stranger) else {
                return Ok(self);
            };
            let key = key_file::create(&file, &XChaCha20Poly1305::generate_key(&mut OsRng))?;
            return Ok(Self::with_key(&key, Some(file), false));
        };
        if self.stranger {
            return Err(StoreError::new(
                ErrorKind::Corrupt,
                format!(
                    "the key file {} is missing, and passwords or keys of models are sealed with it: restore it from a \
                     backup, or move the data directory away and register the data sources and models again",
                    self.place()
                ),
            ));
        }
        self.unseal(row, value).map(|_| self)
    }

    /// Seals `secret` for the row of that id.
    ///
    /// # Errors
    /// `Internal`.
    pub fn seal(&self, row: &str, secret: &str) -> Result<String, StoreError> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: secret.as_bytes(), aad: row.as_bytes() };
        let text = self
            .cipher
            .encrypt(&nonce, payload)
            .map_err(|_| StoreError::new(ErrorKind::Internal, "cannot seal a secret"))?;
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&text);
        Ok(format!("{VERSION}{}", STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the row of that id.
    ///
    /// # Errors
    /// `Corrupt` when the key does not fit, or the value was changed or moved to another row; `Unsupported` when a
    /// newer version sealed it.
    pub fn unseal(&self, row: &str, sealed: &str) -> Result<String, StoreError> {
        let encoded = sealed.strip_prefix(VERSION).ok_or_else(|| {
            StoreError::new(
                ErrorKind::Unsupported,
                "a stored secret is sealed in a form that this version does not know: use a newer one",
            )
        })?;
        let bytes = STANDARD_NO_PAD.decode(encoded).map_err(|_| self.misfit())?;
        let (nonce, text) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(|| self.misfit())?;
        let payload = Payload { msg: text, aad: row.as_bytes() };
        let secret = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| self.misfit())?;
        String::from_utf8(secret).map_err(|_| self.misfit())
    }

    fn misfit(&self) -> StoreError {
        StoreError::new(
            ErrorKind::Corrupt,
            format!(
                "a stored secret does not open with the key file {}: restore the key file that belongs to this data \
                 directory",
                self.place()
            ),
        )
    }

    fn place(&self) -> String {
        self.file.as_ref().map_or_else(|| key_file::NAME.to_owned(), |file| file.display().to_string())
    }
}

#[cfg(test)]
mod tests;
