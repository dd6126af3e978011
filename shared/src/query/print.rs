//! The canonical form of a question: the text that is shown, stored and compared. Reading it back gives the
//! same tree. Never shortens or reorders.

use super::{DateSpan, Query, parse};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Whether `child` stands in parentheses under `parent`.
fn grouped(parent: &Query, child: &Query) -> bool {
    match (parent, child) {
        (Query::Field(..), child) => !matches!(child, Query::Word(_) | Query::Phrase(_)),
        (_, child) => matches!(child, Query::And(_) | Query::Or(_)),
    }
}

/// How deep groups and NIET are nested in the canonical form.
pub(super) fn depth(query: &Query) -> usize {
    let below = |child| depth(child) + usize::from(grouped(query, child));
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().map(below).max().unwrap_or(0),
        Query::Not(inner) => 1 + below(inner),
        Query::Field(_, inner) => below(inner),
        _ => 0,
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Query::All => Ok(()),
            Query::Word(word) => f.write_str(word),
            Query::Phrase(phrase) => write!(f, "\"{phrase}\""),
            Query::Field(field, inner) => {
                write!(f, "{}:", field.name())?;
                write_child(f, self, inner)
            }
            Query::Format(name) => write!(f, "type:{name}"),
            Query::Date(span) => write!(f, "{span}"),
            Query::And(parts) => write_joined(f, self, parts, " EN "),
            Query::Or(parts) => write_joined(f, self, parts, " OF "),
            Query::Not(inner) => {
                f.write_str("NIET ")?;
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
