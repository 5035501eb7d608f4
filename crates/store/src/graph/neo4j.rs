//! The relation graph in Neo4j 5, over Bolt. Start at [`Neo4jRelationGraph::open`].
//!
//! Tables are nodes, relations are edges that carry the relation as a document. Neo4j walks: one query finds what lies
//! near; what of it is nearest or cheapest is decided by the code that decides it for the embedded graph.

mod cypher;
mod failure;
mod server;

use super::RelationGraph;
use super::source_graph::{SourceGraph, cost_of};
use crate::StoreError;
use crate::remote::Engine;
use async_trait::async_trait;
use datafyme_domain::{DataSourceId, ErrorKind, JoinPath, Relation, TableRef};
use neo4rs::{BoltType, Query, query};
use server::Server;
use std::collections::{BTreeMap, HashMap};
use tokio::sync::OnceCell;

/// Rows of one statement: more are sent in several, of one transaction.
const ROWS: usize = 1_000;
/// Steps that ways beside the cheapest may have more than it could have.
const DETOUR: i64 = 4;

/// The relation graph of all data sources in one database of a Neo4j.
#[derive(Debug)]
pub struct Neo4jRelationGraph {
    server: Server,
    /// Set once the constraints are known to be there.
    prepared: OnceCell<()>,
}

impl Neo4jRelationGraph {
    /// Of the server at `neo4j://user@host:7687/database` (`neo4j+s://` with TLS, `bolt://` without routing by the
    /// server); the user is `neo4j` and the database the server's default where they are left out. Nothing is asked of
    /// the server yet, so that it need not be there.
    ///
    /// # Errors
    /// `InvalidInput`: the URL.
    pub fn open(url: &str, password: Option<&str>) -> Result<Self, StoreError> {
        Ok(Self { server: Server::at(url, password)?, prepared: OnceCell::new() })
    }

    /// Makes constraints and indexes where they are missing.
    async fn prepare(&self) -> Result<(), StoreError> {
        for statement in cypher::SCHEMA {
            self.server.run(query(statement)).await?;
        }
        Ok(())
    }

    /// The part of a data source's graph that a query gives.
    async fn part(&self, query: Query) -> Result<SourceGraph, StoreError> {
        let documents = self.server.read(query, "document").await?;
        Ok(SourceGraph::new(relations_of(&documents)?))
    }
}

#[async_trait]
impl Engine for Neo4jRelationGraph {
    async fn check(&self) -> Result<String, StoreError> {
        let rows = self.server.read(query(cypher::VERSION), "version").await?;
        Ok(format!("Neo4j {}", rows.first().map_or("of unknown version", String::as_str)))
    }
}

#[async_trait]
impl RelationGraph for Neo4jRelationGraph {
    async fn replace(&self, source: DataSourceId, relations: &[Relation]) -> Result<(), StoreError> {
        self.prepared.get_or_try_init(|| self.prepare()).await?;
        let usable: Vec<&Relation> = relations.iter().filter(|r| r.is_usable()).collect();
        let tables = tables_of(&usable)?;
        let edges = usable.iter().map(|r| edge(r)).collect::<Result<Vec<BoltType>, StoreError>>()?;
        let of_source = |statement: &str| query(statement).param("source", source.to_string());
        let mut statements = vec![of_source(cypher::LOCK), of_source(cypher::DELETE)];
        for (statement, rows) in [(cypher::CREATE_TABLES, &tables), (cypher::CREATE_RELATIONS, &edges)] {
            statements.extend(rows.chunks(ROWS).map(|rows| of_source(statement).param("rows", rows)));
        }
        if edges.is_empty() {
            statements.push(of_source(cypher::FORGET));
        }
        self.server.write(statements).await
    }

    async fn relations(&self, source: DataSourceId) -> Result<Vec<Relation>, StoreError> {
        let graph = self.part(query(cypher::RELATIONS).param("source", source.to_string())).await?;
        Ok(graph.relations().to_vec())
    }

    async fn neighbours(
        &self,
        source: DataSourceId,
        tables: &[TableRef],
        hops: u32,
    ) -> Result<Vec<TableRef>, StoreError> {
        if tables.is_empty() || hops == 0 {
            return Ok(Vec::new());
        }
        let names = tables.iter().map(name_of).collect::<Result<Vec<String>, StoreError>>()?;
        let near = if hops == 1 { cypher::BESIDE } else { cypher::WITHIN };
        let near =
            query(near).param("source", source.to_string()).param("tables", names).param("hops", i64::from(hops));
        Ok(self.part(near).await?.neighbours(tables, hops))
    }

    async fn join_paths(
        &self,
        source: DataSourceId,
        from: &TableRef,
        to: &TableRef,
        limit: usize,
    ) -> Result<Vec<JoinPath>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let between = if from == to { cypher::WITH_ITSELF } else { cypher::BETWEEN };
        let between = query(between)
            .param("source", source.to_string())
            .param("from", name_of(from)?)
            .param("to", name_of(to)?)
            .param("more", if limit == 1 { 0 } else { DETOUR });
        Ok(self.part(between).await?.join_paths(from, to, limit))
    }
}

/// What tells a table from all others of its data source.
fn name_of(table: &TableRef) -> Result<String, StoreError> {
    serde_json::to_string(table).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::new(ErrorKind::Internal, format!("cannot write a relation: {error}"))
}

/// The tables at the ends of relations, each once, as rows of [`cypher::CREATE_TABLES`].
fn tables_of(relations: &[&Relation]) -> Result<Vec<BoltType>, StoreError> {
    let mut tables: BTreeMap<String, &TableRef> = BTreeMap::new();
    for table in relations.iter().flat_map(|r| [&r.from_table, &r.to_table]) {
        tables.insert(name_of(table)?, table);
    }
    let row = |(name, table): (String, &TableRef)| {
        let schema = table.schema.clone().unwrap_or_default();
        BoltType::from(HashMap::from([("name", name), ("schema", schema), ("table", table.table.clone())]))
    };
    Ok(tables.into_iter().map(row).collect())
}

/// A relation as a row of [`cypher::CREATE_RELATIONS`].
fn edge(relation: &Relation) -> Result<BoltType, StoreError> {
    Ok(BoltType::from(HashMap::from([
        ("from", BoltType::from(name_of(&relation.from_table)?)),
        ("to", BoltType::from(name_of(&relation.to_table)?)),
        ("id", BoltType::from(relation.id.to_string())),
        ("label", BoltType::from(relation.label())),
        ("confidence", BoltType::from(2.0 - cost_of(relation))),
        ("document", BoltType::from(serde_json::to_string(relation).map_err(unwritable)?)),
    ])))
}

fn relations_of(documents: &[String]) -> Result<Vec<Relation>, StoreError> {
    let relations: Result<Vec<Relation>, _> = documents.iter().map(|text| serde_json::from_str(text)).collect();
    relations.map_err(|error| {
        let text = format!("a relation in Neo4j does not read back ({error}): run datafyme reindex");
        StoreError::new(ErrorKind::Corrupt, text)
    })
}
