//! Row sets and chart specs become something to look at.
//!
//! Owns: the one ECharts option that the browser draws, tables and charts in a terminal, CSV, and how numbers and
//! dates read in all of them.
//! Refuses: choosing a chart (the agent's chart rules), running queries, files and networks: everything goes to a
//! writer or a string.
//! Start at [`plot`], which turns a spec and rows into labels and series once; [`echarts`] and [`terminal`] draw that.
//! Nothing here trusts its input: NULL, NaN, infinities, repeated labels, control characters and huge values all have
//! a place.

pub mod csv;
pub mod echarts;
mod error;
pub mod format;
pub mod plot;
pub mod terminal;

pub use error::RenderError;
