//! The key file: 32 random bytes that only their owner may read.

use crate::StoreError;
use chacha20poly1305::Key;
use datafyme_domain::ErrorKind;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Its name in the data directory.
pub(super) const NAME: &str = "secret.key";
const KEY_BYTES: usize = 32;

/// The key, if there is a file.
pub(super) fn read(file: &Path) -> Result<Option<Key>, StoreError> {
    let mut bytes = Vec::new();
    // One byte more than a key shows that it is too long without reading all of a wrong file.
    let read = fs::File::open(file).and_then(|open| open.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail("read", file, &error)),
    }
    if bytes.len() != KEY_BYTES {
        return Err(StoreError::new(
            ErrorKind::Corrupt,
            format!("the key file {} is not {KEY_BYTES} bytes long: restore it from a backup", file.display()),
        ));
    }
    Ok(Some(*Key::from_slice(&bytes)))
}

/// Puts `key` there unless somebody else was quicker; returns the key that stands. The file appears whole or not at
/// all: it is written beside and linked into place, and linking fails where one stands.
pub(super) fn create(file: &Path, key: &Key) -> Result<Key, StoreError> {
    let dir = file.parent().unwrap_or(Path::new("."));
    create_dir(dir).map_err(|error| fail("create", dir, &error))?;
    let draft = dir.join(format!(".{NAME}.{}", uuid::Uuid::now_v7()));
    let linked = write_draft(&draft, key).and_then(|()| fs::hard_link(&draft, file));
    let removed = fs::remove_file(&draft);
    match linked {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fail("write", file, &error)),
    }
    removed.map_err(|error| fail("remove", &draft, &error))?;
    // The name must outlive a power cut as well as what is sealed under it does.
    fs::File::open(dir).and_then(|open| open.sync_all()).map_err(|error| fail("write", dir, &error))?;
    read(file)?.ok_or_else(|| {
        StoreError::new(
            ErrorKind::Unavailable,
            format!("the key file {} vanished while it was made: try again", file.display()),
        )
    })
}

#[cfg(unix)]
fn create_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn create_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

fn write_draft(draft: &Path, key: &Key) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut open = options.open(draft)?;
    open.write_all(key)?;
    open.sync_all()
}

fn fail(action: &str, path: &Path, error: &io::Error) -> StoreError {
    let place = path.display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::new(
            ErrorKind::ResourceExhausted,
            format!(
                "no space left in the data directory {}: free some and try again",
                path.parent().unwrap_or(path).display()
            ),
        ),
        _ => StoreError::new(
            ErrorKind::Unavailable,
            format!("cannot {action} {place}: {error}: make sure that you may read and write the data directory"),
        ),
    }
}
