//! The canonical form of a question: the text that is shown, stored and compared. Reading it back gives the
//! same tree. Never shortens or reorders.

use super::{DateSpan, ExpansionKind, Form, NumberField, NumberSpan, Query, Switches, Word, parse};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The units of bytes, largest first.
pub(super) const UNITS: [(&str, u64); 3] =
    [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];

/// Whether `child` stands in parentheses under `parent`: wherever operators meet, so that nobody has to know
/// which binds first.
fn grouped(parent: &Query, child: &Query) -> bool {
    match (parent, child) {
        (Query::Within(..), _) => true,
        (Query::Field(..), child) => !matches!(child, Query::Word(_) | Query::Phrase(_)),
        (_, child) => matches!(child, Query::And(_) | Query::Or(_) | Query::Near(_)),
    }
}

/// How deep groups and NIET are nested in the canonical form.
pub(super) fn depth(query: &Query) -> usize {
    let below = |child: &Query| depth(child) + usize::from(grouped(query, child));
    let deepest = |parts: &[Query]| parts.iter().map(below).max().unwrap_or(0);
    match query {
        Query::And(parts) | Query::Or(parts) => deepest(parts),
        Query::Quorum { of, .. } => 1 + deepest(of),
        Query::Not(inner) => 1 + below(inner),
        Query::Near(near) => below(&near.left).max(below(&near.right)),
        Query::Field(_, inner) | Query::Within(_, inner) => below(inner),
        _ => 0,
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Query::All => Ok(()),
            Query::Word(word) => write!(f, "{word}"),
            Query::Phrase(phrase) => write!(f, "\"{}\"", phrase.text),
            Query::Field(field, inner) => {
                write!(f, "{}:", field.name())?;
                write_child(f, self, inner)
            }
            Query::Format(name) => write!(f, "type:{name}"),
            Query::Date(span) => write!(f, "{span}"),
            Query::Number(field, span) => write_number(f, *field, *span),
            Query::And(parts) => write_joined(f, self, parts, " EN "),
            Query::Or(parts) => write_joined(f, self, parts, " OF "),
            Query::Not(inner) => {
                f.write_str("NIET ")?;
                write_child(f, self, inner)
            }
            Query::Near(near) => {
                write_child(f, self, &near.left)?;
                let name = if near.ordered { "P" } else { "NEAR" };
                write!(f, " {name}/{} ", near.distance)?;
                write_child(f, self, &near.right)
            }
            Query::Quorum { at_least, of } => {
                write!(f, "{at_least} VAN (")?;
                write_joined(f, self, of, ", ")?;
                f.write_str(")")
            }
            Query::Within(unit, inner) => {
                write!(f, "binnen:{}", unit.name())?;
                write_child(f, self, inner)
            }
        }
    }
}

fn write_joined(
    f: &mut fmt::Formatter<'_>,
    parent: &Query,
    parts: &[Query],
    operator: &str,
) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(operator)?;
        }
        write_child(f, parent, part)?;
    }
    Ok(())
}

fn write_child(f: &mut fmt::Formatter<'_>, parent: &Query, child: &Query) -> fmt::Result {
    if grouped(parent, child) {
        write!(f, "({child})")
    } else {
        write!(f, "{child}")
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Woordvorm | Form::Pattern => write!(f, "{}{}", self.text, self.switches),
            Form::Exact => write!(f, "={}", self.text),
            Form::Fuzzy(distance) => write!(f, "{}~{distance}", self.text),
        }
    }
}

impl fmt::Display for Switches {
    /// With their braces; nothing when nothing is changed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.off.iter().map(|kind| format!("-{}", kind.name()));
        let words = self.without.iter().map(|word| format!("-\"{word}\""));
        let broad = self
            .broad
            .then(|| format!("+{}", ExpansionKind::Breed.name()));
        let all: Vec<String> = kinds.chain(words).chain(broad).collect();
        if all.is_empty() {
            return Ok(());
        }
        write!(f, "{{{}}}", all.join(" "))
    }
}

fn write_number(f: &mut fmt::Formatter<'_>, field: NumberField, span: NumberSpan) -> fmt::Result {
    let end = |number: Option<u64>| {
        number.map_or("*".to_owned(), |number| match field {
            NumberField::Paginas => number.to_string(),
            NumberField::Grootte => with_unit(number),
        })
    };
    let name = field.name();
    match (span.from, span.to) {
        (Some(from), Some(to)) if from == to => write!(f, "{name}:{}", end(span.from)),
        (from, to) => write!(f, "{name}:[{} TO {}]", end(from), end(to)),
    }
}

/// Bytes in the largest unit in which they are a whole number.
fn with_unit(bytes: u64) -> String {
    UNITS
        .iter()
        .find(|(_, size)| bytes > 0 && bytes.is_multiple_of(*size))
        .map_or(bytes.to_string(), |(name, size)| {
            format!("{}{name}", bytes / size)
        })
}

impl fmt::Display for DateSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => write!(f, "datum:{from}"),
            (from, to) => {
                let end = |date: Option<crate::PartialDate>| {
                    date.map_or("*".to_owned(), |date| date.to_string())
                };
                write!(f, "datum:[{} TO {}]", end(from), end(to))
            }
        }
    }
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map_err(de::Error::custom)
    }
}
