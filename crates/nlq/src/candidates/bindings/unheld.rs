//! Constants that no cell holds as they stand: moments, patterns, names that are not in the data.

use super::*;

/// "2018-03-17 07:13:53" or "09:00:00" compared with what tells days or times.
pub(super) fn moments(index: &CatalogIndex, reading: &Reading, position: usize, value: &ValueSpan) -> Vec<Binding> {
    let clock = value.text.len() == 8 && value.text.split(':').count() == 3;
    let moment =
        value.text.len() >= 16 && value.text.contains(':') && value.text.starts_with(|c: char| c.is_ascii_digit());
    if !clock && !moment {
        return Vec::new();
    }
    let (op, strength) = cues::comparison(reading, value.start, value.end);
    let mut found = Vec::new();
    for (column, facts) in index.columns.iter().enumerate() {
        let of_times =
            facts.column_type == ColumnType::Time || !facts.numeric && facts.label.split(' ').any(|w| w == "time");
        let fits = if clock { of_times } else { facts.temporal };
        if !fits || index.table(facts.table).hidden {
            continue;
        }
        let (support, mention, mut features) = support(index, reading, column, value, "date");
        features.push((feature(&["bind", "moment", if strength > 0 { "bound" } else { "equal" }]), 1.0));
        let condition = Condition::Compare(column, op, Literal::Text(value.text.clone()));
        found.push(Binding {
            value: position,
            role: BindingRole::Where(condition),
            mention,
            prior: support + if strength > 0 { 1.8 } else { 0.4 },
            features,
        });
    }
    found
}

/// A text that is in no cell: compared with the column that the question names next to it.
pub(super) fn unknown(
    index: &CatalogIndex,
    reading: &Reading,
    position: usize,
    value: &ValueSpan,
    negated: bool,
) -> Vec<Binding> {
    let mut found = Vec::new();
    let mut columns: Vec<ColumnId> = reading
        .mentions
        .iter()
        .flat_map(|m| &m.options)
        .filter_map(|o| match o.named {
            Named::Column(c) if o.score > 0.5 => Some(c),
            _ => None,
        })
        .collect();
    for mention in &reading.mentions {
        if let Some(Named::Table(table)) = mention.options.first().map(|o| o.named) {
            columns.extend(index.table(table).title);
        }
    }
    columns.sort_unstable();
    columns.dedup();
    for column in columns {
        let facts = index.column(column);
        if facts.numeric || facts.column_type != ColumnType::Text {
            continue;
        }
        let (support, mention, mut features) = support(index, reading, column, value, "unknown");
        let like = cues::pattern(reading, value.start, &value.text);
        let prior = support - 0.6 + if like.is_some() { 1.6 } else { 0.0 };
        features.push((feature(&["bind", "unknown", if like.is_some() { "like" } else { "equal" }]), 1.0));
        let condition = match like {
            Some(pattern) => Condition::Like(column, pattern, negated),
            None => {
                let op = if negated { Comparison::NotEqual } else { Comparison::Equal };
                Condition::Compare(column, op, Literal::Text(value.text.clone()))
            }
        };
        found.push(Binding { value: position, role: BindingRole::Where(condition), mention, prior, features });
    }
    found
}
