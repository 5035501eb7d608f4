//! From files to our state: all is read and checked before anything is written.

use super::{
    FileError, Place, checksum, export,
    form::{ColumnForm, EndForm, QueryForm, RelationForm, TableForm, TermForm, WholeForm},
    place::{Everything, Read},
};
use crate::App;
use datafyme_agent::{AgentError, ColumnChange, DocumentationChange};
use datafyme_domain::{BusinessTerm, BusinessTermId, Caller, DataSourceId, Relation, RelationKind, TableRef};
use std::collections::HashMap;

/// What an import changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// One line a change: `orders: description, columns.price.unit`.
    pub changes: Vec<String>,
}

/// A relation of a file with what is known of it.
type Judged = (Relation, RelationKind);

/// What is to be written.
#[derive(Default)]
struct Plan {
    tables: Vec<(TableRef, u64, DocumentationChange)>,
    terms: Vec<BusinessTerm>,
    judged: Vec<Judged>,
    added: Vec<RelationForm>,
    queries: Vec<(QueryForm, Option<(datafyme_domain::VerifiedQueryId, u64)>)>,
    changes: Vec<String>,
}

/// Imports files; with `dry_run` nothing is written.
///
/// # Errors
/// `Content` with all that is wrong in the files, and nothing written; `Io`; failures of our state.
pub async fn import(
    app: &App,
    caller: Caller,
    source: DataSourceId,
    place: &Place,
    dry_run: bool,
) -> Result<Imported, FileError> {
    let mut faults = Vec::new();
    let read = place.read(&mut faults)?;
    let known = export::whole(app, caller, source).await?;
    let plan = plan(app, caller, source, &read, &known, &mut faults).await?;
    if !faults.is_empty() {
        return Err(FileError::Content(faults));
    }
    if !dry_run {
        write(app, caller, source, &plan).await?;
    }
    Ok(Imported { changes: plan.changes })
}

async fn plan(
    app: &App,
    caller: Caller,
    source: DataSourceId,
    read: &Everything,
    known: &WholeForm,
    faults: &mut Vec<String>,
) -> Result<Plan, AgentError> {
    let mut plan = Plan::default();
    let edits = app.metadata.documentation_edits(caller, source).await?;
    let versions: HashMap<TableRef, u64> = edits.into_iter().map(|e| (e.table.clone(), e.version)).collect();
    for table in &read.tables {
        let name = TableRef { schema: table.item.schema.clone(), table: table.item.table.clone() };
        let Some(now) = known.tables.iter().find(|t| t.schema == name.schema && t.table == name.table) else {
            faults.push(
                table.complain(&["table:", &name.table], &format!("there is no table {name} in this data source")),
            );
            continue;
        };
        let (change, fields) = change(table, now, faults);
        if !fields.is_empty() {
            plan.changes.push(format!("{name}: {}", fields.join(", ")));
            plan.tables.push((name.clone(), versions.get(&name).copied().unwrap_or(0), change));
        }
    }
    plan_terms(app, caller, source, read, &mut plan).await?;
    plan_relations(app, caller, source, read, faults, &mut plan).await?;
    let queries = app.metadata.list_verified_queries(caller, source).await?;
    for query in &read.queries {
        let there = queries.iter().find(|q| q.is_approved() && q.is_asked_by(&query.item.question));
        if there.is_none_or(|q| q.sql.trim() != query.item.sql.trim()) {
            plan.changes.push(format!("verified query: {}", query.item.question));
            plan.queries.push((query.item.clone(), there.map(|q| (q.id, q.version))));
        }
    }
    Ok(plan)
}

/// A text that differs from what is shown, and is not the generated one of the time of the export.
fn differs<'t, T: PartialEq + ?Sized>(
    given: Option<&'t T>,
    now: Option<&T>,
    sum: Option<&String>,
    own: &str,
) -> Option<&'t T> {
    given.filter(|given| Some(*given) != now && sum.is_none_or(|sum| sum != own))
}

fn change(read: &Read<TableForm>, now: &TableForm, faults: &mut Vec<String>) -> (DocumentationChange, Vec<String>) {
    let (form, mut fields) = (&read.item, Vec::new());
    let mut note = |field: &str| fields.push(field.to_owned());
    let mut text = |field: &str, given: &Option<String>, now: &Option<String>| {
        let own = checksum::of_text(given.as_deref().unwrap_or_default());
        let now = now.as_deref().map(str::trim);
        let new = differs(given.as_deref().map(str::trim), now, form.generated.get(field), &own)?;
        note(field);
        Some(new.to_owned())
    };
    let business_description = text("description", &form.description, &now.description);
    let technical_description = text("technical_description", &form.technical_description, &now.technical_description);
    let mut items = |field: &str, given: &Option<Vec<String>>, now: &Option<Vec<String>>| {
        let own = checksum::of_items(given.as_deref().unwrap_or_default());
        let new = differs(given.as_ref(), now.as_ref(), form.generated.get(field), &own)?;
        fields.push(field.to_owned());
        Some(new.clone())
    };
    let synonyms = items("synonyms", &form.synonyms, &now.synonyms);
    let use_cases = items("use_cases", &form.use_cases, &now.use_cases);
    let common_questions = items("common_questions", &form.common_questions, &now.common_questions);
    let hidden = form.hidden.filter(|h| *h != now.hidden.unwrap_or(false));
    if hidden.is_some() {
        fields.push("hidden".to_owned());
    }
    let mut columns = Vec::new();
    for column in &form.columns {
        match now.columns.iter().find(|c| c.column == column.column) {
            Some(known) => columns.extend(column_change(column, known, form, &mut fields)),
            None => faults.push(read.complain(
                &["column:", &column.column],
                &format!("table {} has no column {}", form.table, column.column),
            )),
        }
    }
    let change = DocumentationChange {
        business_description,
        technical_description,
        use_cases,
        common_questions,
        synonyms,
        hidden,
        columns,
        reset: Vec::new(),
    };
    (change, fields)
}

fn column_change(
    given: &ColumnForm,
    now: &ColumnForm,
    form: &TableForm,
    fields: &mut Vec<String>,
) -> Option<ColumnChange> {
    let name = |field: &str| format!("columns.{}.{field}", given.column);
    let before = fields.len();
    let own = checksum::of_text(given.description.as_deref().unwrap_or_default());
    let sum = form.generated.get(&name("description"));
    let (text, shown) = (given.description.as_deref().map(str::trim), now.description.as_deref().map(str::trim));
    let description = differs(text, shown, sum, &own).map(str::to_owned);
    let own = checksum::of_items(given.synonyms.as_deref().unwrap_or_default());
    let sum = form.generated.get(&name("synonyms"));
    let synonyms = differs(given.synonyms.as_ref(), now.synonyms.as_ref(), sum, &own).cloned();
    let unit = given.unit.clone().filter(|u| *u != now.unit.clone().unwrap_or_default());
    let format = given.format.clone().filter(|f| *f != now.format.clone().unwrap_or_default());
    let hidden = given.hidden.filter(|h| *h != now.hidden.unwrap_or(false));
    for (changed, field) in [
        (description.is_some(), "description"),
        (synonyms.is_some(), "synonyms"),
        (unit.is_some(), "unit"),
        (format.is_some(), "format"),
        (hidden.is_some(), "hidden"),
    ] {
        if changed {
            fields.push(name(field));
        }
    }
    let change = ColumnChange { column: given.column.clone(), description, synonyms, unit, format, hidden };
    (fields.len() > before).then_some(change)
}

async fn plan_terms(
    app: &App,
    caller: Caller,
    source: DataSourceId,
    read: &Everything,
    plan: &mut Plan,
) -> Result<(), AgentError> {
    let known = app.metadata.list_terms(caller, source).await?;
    for TermForm { term, synonyms, definition, meaning } in read.terms.iter().map(|t| t.item.clone()) {
        let there = known.iter().find(|t| t.term.to_lowercase() == term.to_lowercase());
        let same = there.is_some_and(|t| {
            t.term == term && t.synonyms == synonyms && t.definition == definition && t.meaning == meaning
        });
        if same {
            continue;
        }
        plan.changes.push(format!("term: {term}"));
        plan.terms.push(BusinessTerm {
            id: there.map_or_else(BusinessTermId::generate, |t| t.id),
            owner_id: caller.user_id,
            source_id: source,
            term,
            synonyms,
            definition,
            meaning,
            version: there.map_or(0, |t| t.version),
            editor: String::new(),
            edited_at: app.clock.now(),
        });
    }
    Ok(())
}

async fn plan_relations(
    app: &App,
    caller: Caller,
    source: DataSourceId,
    read: &Everything,
    faults: &mut Vec<String>,
    plan: &mut Plan,
) -> Result<(), AgentError> {
    let known = app.metadata.list_relations(caller, source).await?;
    for form in &read.relations {
        let (from, to) = (side(&form.item.from), side(&form.item.to));
        let there = known
            .iter()
            .find(|r| (&r.from_table, &r.from_columns, &r.to_table, &r.to_columns) == (&from.0, &from.1, &to.0, &to.1));
        let label = format!("{}.{} → {}.{}", from.0, from.1.join("+"), to.0, to.1.join("+"));
        match (form.item.kind, there) {
            (RelationKind::Confirmed | RelationKind::Rejected, Some(r)) if r.kind == form.item.kind => {}
            (RelationKind::Confirmed | RelationKind::Rejected, Some(relation)) => {
                plan.changes.push(format!("relation: {label}"));
                plan.judged.push((relation.clone(), form.item.kind));
            }
            (RelationKind::Confirmed, None) => {
                plan.changes.push(format!("relation: {label}"));
                plan.added.push(form.item.clone());
            }
            // What is not there needs no rejection.
            (RelationKind::Rejected, None) => {}
            _ => faults.push(form.complain(&["kind:"], "the kind of a relation is `confirmed` or `rejected`")),
        }
    }
    Ok(())
}

fn side(end: &EndForm) -> (TableRef, Vec<String>) {
    (TableRef { schema: end.schema.clone(), table: end.table.clone() }, end.columns.clone())
}

/// Each kind of thing is written at once; run again after a failure, it goes on with what is left.
async fn write(app: &App, caller: Caller, source: DataSourceId, plan: &Plan) -> Result<(), AgentError> {
    let agent = &app.agent;
    if !plan.tables.is_empty() {
        agent.edit_documentation(caller, source, &plan.tables).await?;
    }
    if !plan.terms.is_empty() {
        agent.put_terms(caller, source, &plan.terms).await?;
    }
    for (relation, kind) in &plan.judged {
        agent.judge_relation(caller, source, relation.id, *kind).await?;
    }
    for relation in &plan.added {
        agent.add_relation(caller, source, side(&relation.from), side(&relation.to)).await?;
    }
    for (query, there) in &plan.queries {
        match there {
            Some((id, version)) => {
                agent.change_verified(caller, *id, *version, Some(&query.question), Some(&query.sql)).await?;
            }
            None => {
                agent.verify_sql(caller, source, &query.question, &query.sql).await?;
            }
        }
    }
    Ok(())
}
