//! Where the files are: one file, or a directory with one file a table.

use super::{
    FileError,
    form::{QueryForm, RelationForm, TableForm, TermForm, WholeForm},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

const HEADER: &str = "# What Datafyme knows of a data source: `datafyme docs export` writes this, `docs import` reads it.\n\
    # Change any text. One that still fits its checksum under `generated` is Datafyme's own and follows what it learns.\n";

/// A file (`.yaml`, `.yml`) or a directory.
#[derive(Debug, Clone)]
pub enum Place {
    /// Everything in one file.
    File(PathBuf),
    /// A file a table, and one each for terms, relations and approved queries.
    Directory(PathBuf),
}

/// Something that was read, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Read<T> {
    pub(super) item: T,
    pub(super) file: String,
    pub(super) text: String,
}

impl<T> Read<T> {
    /// `file:line: message`, with the first line that has all of `words`.
    pub(super) fn complain(&self, words: &[&str], message: &str) -> String {
        let line = self.text.lines().position(|line| words.iter().all(|word| line.contains(word)));
        format!("{}:{}: {message}", self.file, line.map_or(1, |at| at + 1))
    }
}

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Everything {
    pub(super) tables: Vec<Read<TableForm>>,
    pub(super) terms: Vec<Read<TermForm>>,
    pub(super) relations: Vec<Read<RelationForm>>,
    pub(super) queries: Vec<Read<QueryForm>>,
}

impl Place {
    /// A file where the path ends like one or is one, else a directory.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let yaml = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"));
        if (yaml && !path.is_dir()) || path.is_file() {
            Self::File(path.to_owned())
        } else {
            Self::Directory(path.to_owned())
        }
    }

    /// Writes everything. Returns how many files there are.
    pub(super) fn write(&self, whole: &WholeForm) -> Result<usize, FileError> {
        let root = match self {
            Self::File(path) => {
                write_file(path, whole)?;
                return Ok(1);
            }
            Self::Directory(root) => root,
        };
        let tables = root.join("tables");
        fs::create_dir_all(&tables).map_err(|cause| failed(&tables, cause))?;
        let mut written: HashSet<PathBuf> = HashSet::new();
        for table in &whole.tables {
            let path = tables.join(format!("{}.yaml", file_name(table)));
            write_file(&path, table)?;
            written.insert(path);
        }
        forget_others(&tables, &written)?;
        write_file(&root.join("terms.yaml"), &whole.terms)?;
        write_file(&root.join("relations.yaml"), &whole.relations)?;
        write_file(&root.join("verified_queries.yaml"), &whole.verified_queries)?;
        Ok(written.len() + 3)
    }

    /// Reads everything; what does not read goes to `faults`.
    pub(super) fn read(&self, faults: &mut Vec<String>) -> Result<Everything, FileError> {
        let mut all = Everything::default();
        let root = match self {
            Self::File(path) => {
                if let Some(Read { item, file, text }) = read_file::<WholeForm>(path, faults)? {
                    let each = |_: ()| (file.clone(), text.clone());
                    all.tables = spread(item.tables, each);
                    all.terms = spread(item.terms, each);
                    all.relations = spread(item.relations, each);
                    all.queries = spread(item.verified_queries, each);
                }
                return Ok(all);
            }
            Self::Directory(root) => root,
        };
        for path in yaml_files(&root.join("tables"))? {
            all.tables.extend(read_file(&path, faults)?);
        }
        all.terms = read_list(&root.join("terms.yaml"), faults)?;
        all.relations = read_list(&root.join("relations.yaml"), faults)?;
        all.queries = read_list(&root.join("verified_queries.yaml"), faults)?;
        let nothing =
            all.tables.is_empty() && all.terms.is_empty() && all.relations.is_empty() && all.queries.is_empty();
        if nothing && faults.is_empty() && !root.is_dir() {
            return Err(failed(root, io::ErrorKind::NotFound.into()));
        }
        Ok(all)
    }
}

fn failed(path: &Path, cause: io::Error) -> FileError {
    FileError::Io { path: path.display().to_string(), cause }
}

/// Whole or not at all: a file is put in its place once it is written.
fn write_file(path: &Path, content: &impl Serialize) -> Result<(), FileError> {
    let yaml = serde_norway::to_string(content).map_err(|e| failed(path, io::Error::other(e)))?;
    let text = format!("{HEADER}{yaml}");
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    let fresh = path.with_extension("yaml.new");
    fs::write(&fresh, text).map_err(|cause| failed(&fresh, cause))?;
    fs::rename(&fresh, path).map_err(|cause| failed(path, cause))
}

/// Takes out files of ours about tables that are gone.
fn forget_others(dir: &Path, written: &HashSet<PathBuf>) -> Result<(), FileError> {
    for path in yaml_files(dir)? {
        let ours = || fs::read_to_string(&path).is_ok_and(|text| text.starts_with(HEADER));
        if !written.contains(&path) && ours() {
            fs::remove_file(&path).map_err(|cause| failed(&path, cause))?;
        }
    }
    Ok(())
}

fn yaml_files(dir: &Path) -> Result<Vec<PathBuf>, FileError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(failed(dir, cause)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|cause| failed(dir, cause))?.path();
        if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_file<T: DeserializeOwned>(path: &Path, faults: &mut Vec<String>) -> Result<Option<Read<T>>, FileError> {
    let text = fs::read_to_string(path).map_err(|cause| failed(path, cause))?;
    let file = path.display().to_string();
    match serde_norway::from_str(&text) {
        Ok(item) => Ok(Some(Read { item, file, text })),
        Err(error) => {
            let line = error.location().map_or(1, |at| at.line());
            faults.push(format!("{file}:{line}: {error}"));
            Ok(None)
        }
    }
}

fn read_list<T: DeserializeOwned>(path: &Path, faults: &mut Vec<String>) -> Result<Vec<Read<T>>, FileError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let read: Option<Read<Option<Vec<T>>>> = read_file(path, faults)?;
    Ok(read.map_or_else(Vec::new, |Read { item, file, text }| {
        spread(item.unwrap_or_default(), |()| (file.clone(), text.clone()))
    }))
}

fn spread<T>(items: Vec<T>, of: impl Fn(()) -> (String, String)) -> Vec<Read<T>> {
    items
        .into_iter()
        .map(|item| {
            let (file, text) = of(());
            Read { item, file, text }
        })
        .collect()
}

/// A name that every file system takes, and that tells tables apart which differ in case alone.
fn file_name(table: &TableForm) -> String {
    let plain = |name: &str| {
        let mut safe = String::new();
        for c in name.chars() {
            if c.is_alphanumeric() && !c.is_uppercase() || c == '_' || c == '-' {
                safe.push(c);
            } else {
                safe.push_str(&format!("%{:x}", u32::from(c)));
            }
        }
        safe
    };
    match &table.schema {
        Some(schema) => format!("{}.{}", plain(schema), plain(&table.table)),
        None => plain(&table.table),
    }
}
