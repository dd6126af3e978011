//! What several searches find of each other's hits, and the searches for the words of a question: what a report on
//! terms shows. Never runs one.

use super::Search;
use crate::query::{Query, TextField};
use std::collections::{BTreeMap, BTreeSet};

/// How much some hits are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Hits.
    pub total: u64,
    /// Families that have one of them at least.
    pub families: u64,
    /// Hits by source; a source without hits is not there.
    pub per_source: BTreeMap<String, u64>,
}

/// What one search of several finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// All its hits.
    pub extent: Extent,
    /// Hits that no other of the searches finds.
    pub unique: u64,
}

/// What several searches find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Each of them, in the order asked.
    pub searches: Vec<Share>,
    /// What is found by any of them, each hit once.
    pub together: Extent,
}

/// For every word and phrase of the question that a hit may have (none under an odd number of NIETs), in the order of
/// writing and each text once: its text in the canonical form, with the field that it must stand in, and the search
/// for hits of the whole question that hold it. Filters and everything else stay as they are.
///
/// A word counts with all that it stands for by itself; what words next to each other stand for together (`nota hoge
/// dijk`: NHD) counts for none of them.
pub fn term_searches(search: &Search) -> Vec<(String, Search)> {
    let mut terms = Vec::new();
    wanted(&search.query, None, true, &mut terms);
    let mut known = BTreeSet::new();
    let each = terms.into_iter().map(|term| (term.to_string(), term));
    let each = each.filter(|(text, _)| known.insert(text.clone()));
    each.map(|(text, term)| (text, narrowed(search, term)))
        .collect()
}

fn narrowed(search: &Search, term: Query) -> Search {
    // The same word twice, next to each other, might stand for something together.
    let query = match search.query == term {
        true => term,
        false => Query::And(vec![search.query.clone(), term]),
    };
    Search {
        query,
        ..search.clone()
    }
}

fn wanted(query: &Query, field: Option<TextField>, is_wanted: bool, terms: &mut Vec<Query>) {
    match query {
        Query::Word(_) | Query::Phrase(_) if is_wanted => terms.push(match field {
            Some(field) => Query::Field(field, Box::new(query.clone())),
            None => query.clone(),
        }),
        Query::Field(field, inner) => wanted(inner, Some(*field), is_wanted, terms),
        Query::Not(inner) => wanted(inner, field, !is_wanted, terms),
        Query::Within(_, inner) => wanted(inner, field, is_wanted, terms),
        Query::Near(near) => {
            wanted(&near.left, field, is_wanted, terms);
            wanted(&near.right, field, is_wanted, terms);
        }
        Query::And(parts) | Query::Or(parts) | Query::Quorum { of: parts, .. } => {
            for part in parts {
                wanted(part, field, is_wanted, terms);
            }
        }
        Query::Word(_) | Query::Phrase(_) => {}
        Query::All | Query::Format(_) | Query::Date(_) | Query::Number(..) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::FacetField;
    use crate::query::parse;

    fn terms(question: &str) -> Vec<(String, String)> {
        let search = Search::of(parse(question).expect(question));
        let each = term_searches(&search).into_iter();
        each.map(|(text, search)| (text, search.query.to_string()))
            .collect()
    }

    #[test]
    fn every_word_that_a_hit_may_have_is_asked_for_once_within_the_question() {
        let texts = |question: &str| -> Vec<String> {
            let terms = terms(question).into_iter();
            terms.map(|(text, _)| text).collect()
        };
        assert_eq!(
            texts("(subsid* OF titel:(dijk EN \"hoge dijk\")) EN binnen:zin(gas NEAR/3 subsid*)"),
            ["subsid*", "titel:dijk", "titel:\"hoge dijk\"", "gas"]
        );
        assert_eq!(
            terms("2 VAN (a, =b, cijfer~1) NIET (d NIET e) NIET datum:2020"),
            [
                ("a", "a"),
                ("=b", "=b"),
                ("cijfer~1", "cijfer~1"),
                ("e", "e"),
            ]
            .map(|(text, term)| {
                let whole = "2 VAN (a, =b, cijfer~1) EN NIET (d EN NIET e) EN NIET datum:2020";
                (text.to_owned(), format!("({whole}) EN {term}"))
            })
        );
        assert_eq!(terms("NIET a"), []);
        assert_eq!(terms(""), []);
        assert_eq!(terms("type:pdf"), []);
    }

    #[test]
    fn one_word_is_asked_for_as_it_is() {
        for one in ["250", "titel:dijk", "\"hoge dijk\""] {
            assert_eq!(terms(one), [(one.to_owned(), one.to_owned())]);
        }
    }

    #[test]
    fn filters_stay() {
        let mut search = Search::of(parse("a OF b").expect("a question"));
        let chosen = BTreeSet::from(["mail".to_owned()]);
        search.filters.insert(FacetField::Bron, chosen);
        for (_, narrowed) in term_searches(&search) {
            assert_eq!(narrowed.filters, search.filters);
        }
    }
}
