//! Every statement that Neo4j is sent. Values are parameters; nothing is ever written into a text.

/// Constraints and indexes. Those of the names are unique per data source.
pub(super) const SCHEMA: [&str; 3] = [
    "CREATE CONSTRAINT datafyme_source IF NOT EXISTS FOR (s:DatafymeSource) REQUIRE s.id IS UNIQUE",
    "CREATE CONSTRAINT datafyme_table IF NOT EXISTS FOR (t:DatafymeTable) REQUIRE (t.source, t.name) IS UNIQUE",
    "CREATE INDEX datafyme_table_source IF NOT EXISTS FOR (t:DatafymeTable) ON (t.source)",
];

pub(super) const VERSION: &str = "CALL dbms.components() YIELD versions RETURN versions[0] AS version";

/// Who replaces a data source's relations waits here for whoever is at it.
pub(super) const LOCK: &str = "MERGE (s:DatafymeSource {id: $source}) SET s.replaced = coalesce(s.replaced, 0) + 1";

pub(super) const DELETE: &str = "MATCH (t:DatafymeTable {source: $source}) DETACH DELETE t";

/// Of a data source that has no relations nothing is kept.
pub(super) const FORGET: &str = "MATCH (s:DatafymeSource {id: $source}) DELETE s";

pub(super) const CREATE_TABLES: &str = "
    UNWIND $rows AS row
    CREATE (:DatafymeTable {source: $source, name: row.name, schema: row.schema, table: row.table})";

pub(super) const CREATE_RELATIONS: &str = "
    UNWIND $rows AS row
    MATCH (from:DatafymeTable {source: $source, name: row.from})
    MATCH (to:DatafymeTable {source: $source, name: row.to})
    CREATE (from)-[:DATAFYME_JOINS
        {id: row.id, label: row.label, confidence: row.confidence, document: row.document}]->(to)";

pub(super) const RELATIONS: &str = "
    MATCH (:DatafymeTable {source: $source})-[r:DATAFYME_JOINS]->()
    RETURN r.document AS document";

/// The relations of some tables.
pub(super) const BESIDE: &str = "
    MATCH (t:DatafymeTable {source: $source})-[r:DATAFYME_JOINS]-()
    WHERE t.name IN $tables
    WITH DISTINCT r
    RETURN r.document AS document";

/// The relations of all tables fewer than `$hops` steps from some: those on the ways to what is at most that far.
pub(super) const WITHIN: &str = "
    MATCH (start:DatafymeTable {source: $source})
    WHERE start.name IN $tables
    MATCH way = (start)-[:DATAFYME_JOINS*0..]-(t:DatafymeTable)
    WITH t, min(length(way)) AS steps
    WHERE steps < $hops
    MATCH (t)-[r:DATAFYME_JOINS]-()
    WITH DISTINCT r
    RETURN r.document AS document";

/// The relations of the tables on all ways between two of at most as many steps as the way of fewest steps costs, and
/// `$more`. No step costs less than 1, so that no longer way is cheaper than that one.
pub(super) const BETWEEN: &str = "
    MATCH (from:DatafymeTable {source: $source, name: $from})
    MATCH (to:DatafymeTable {source: $source, name: $to})
    MATCH shortest = shortestPath((from)-[:DATAFYME_JOINS*]-(to))
    WITH from, to, $more + floor(0.000001 +
        reduce(cost = 0.0, r IN relationships(shortest) | cost + 2.0 - r.confidence)) AS reach
    UNWIND [from, to] AS end
    MATCH way = (end)-[:DATAFYME_JOINS*0..]-(t:DatafymeTable)
    WITH t, end, reach, min(length(way)) AS steps
    WITH t, reach, sum(steps) AS both
    WHERE both <= reach
    MATCH (t)-[r:DATAFYME_JOINS]->()
    WITH DISTINCT r
    RETURN r.document AS document";

pub(super) const WITH_ITSELF: &str = "
    MATCH (t:DatafymeTable {source: $source, name: $from})-[r:DATAFYME_JOINS]->(t)
    RETURN r.document AS document";
