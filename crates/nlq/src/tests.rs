//! Tests of the whole parser, and the data source that they and the reader's own tests ask.

mod any_text;
mod changes;
mod reached;
pub(crate) mod shop;
