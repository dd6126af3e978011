//! What a search must find, worked out document by document from the analyzer's tokens alone: the measure for
//! every engine. Slow on purpose; shares no code with an engine or with the plan, and knows neither.
//!
//! | file | owns |
//! |---|---|
//! | `text` | where words stand in one text |
//! | `words` | what one word or phrase means |
//! | `figures` | what is the same date or number |
//! | `synonyms` | a list, and what means the same by it |
//! | `ask` | what the operators mean |
//! | `generate`, `questions` | random archives and searches |

pub mod ask;
mod figures;
pub mod generate;
pub mod questions;
pub mod synonyms;
pub mod text;
pub mod words;

use ask::Asking;
use std::collections::{BTreeMap, BTreeSet};
use text::Text;
use words::Widened;
use zv_analyzers::Stream;
use zv_shared::index::{
    Collapse, Counts, DateField, DateOptions, Facet, FacetField, FacetValue, Facets, Filters,
    Search,
};
use zv_shared::{DateSpan, DocId, Document, PartialDate, Public, Relations, TextField};

/// A document as the oracle sees it.
#[derive(Clone)]
pub struct Known {
    pub document: Document,
    text: String,
    all: Vec<Text>,
    title: Vec<Text>,
    from: Vec<Text>,
    to: Vec<Text>,
    path: Vec<Text>,
}

impl Known {
    pub fn new(document: Document, text: &str) -> Self {
        let texts = |texts: &[String]| texts.iter().map(|text| Text::of(text)).collect();
        let name = document.place.name();
        let all = [text, &name]
            .into_iter()
            .chain(document.header())
            .map(Text::of)
            .collect();
        Known {
            all,
            title: vec![Text::of(&document.title)],
            from: texts(&document.from),
            to: texts(&document.to),
            path: vec![Text::of(&document.place.to_string())],
            text: text.to_owned(),
            document,
        }
    }

    /// The body text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The texts that words of a question stand in.
    pub fn texts(&self, field: Option<TextField>) -> &[Text] {
        match field {
            None => &self.all,
            Some(TextField::Titel) => &self.title,
            Some(TextField::Van) => &self.from,
            Some(TextField::Aan) => &self.to,
            Some(TextField::Pad) => &self.path,
        }
    }

    /// The words of those texts, as written.
    pub fn words(&self, field: Option<TextField>) -> BTreeSet<String> {
        let terms = self.texts(field).iter().flat_map(Text::terms);
        let written = terms.filter(|(stream, _)| *stream == Stream::Exact);
        written.map(|(_, term)| term.clone()).collect()
    }

    fn date(&self, field: DateField) -> Option<PartialDate> {
        let dates = &self.document.dates;
        match field {
            DateField::Datum => dates
                .sent
                .or(dates.document.map(|dated| dated.date))
                .or(dates.changed),
            DateField::Verzonden => dates.sent,
            DateField::Document => dates.document.map(|dated| dated.date),
            DateField::Gewijzigd => dates.changed,
        }
    }

    /// The stretches of days that the chosen date stands for: of a chat every day with messages.
    fn stretches(&self, field: DateField) -> Vec<PartialDate> {
        match field {
            DateField::Datum | DateField::Verzonden if !self.document.days.is_empty() => {
                self.document.days.clone()
            }
            _ => self.date(field).into_iter().collect(),
        }
    }

    /// `wanted`: false under an odd number of NIETs, where only what certainly has a date in the period counts.
    pub fn date_matches(&self, span: DateSpan, options: DateOptions, wanted: bool) -> bool {
        if self.date(options.field).is_none() {
            return wanted && options.include_undated;
        }
        self.stretches(options.field).iter().any(|date| {
            let days = date.days();
            span.from.is_none_or(|from| days.last >= from.days().first)
                && span.to.is_none_or(|to| days.first <= to.days().last)
        })
    }

    /// The values that the document has in a facet.
    pub fn values(&self, field: FacetField, options: DateOptions) -> BTreeSet<String> {
        let document = &self.document;
        let dates = self.stretches(options.field);
        let period = |length: usize| {
            dates
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .iter()
                .filter_map(|date| date.get(..length))
                .map(str::to_owned)
                .collect()
        };
        match field {
            FacetField::Bron => [document.bron.clone()].into(),
            FacetField::Map => {
                let mut folder = document.bron.clone();
                let mut folders = BTreeSet::from([folder.clone()]);
                let path = String::from_utf8_lossy(&document.place.path).into_owned();
                let mut names: Vec<&str> = path.split('/').collect();
                names.pop();
                for name in names {
                    folder = format!("{folder}/{name}");
                    folders.insert(folder.clone());
                }
                folders
            }
            FacetField::Soort => [document.kind.clone()].into(),
            FacetField::Formaat => [document.format.clone()].into(),
            FacetField::Jaar => period(4),
            FacetField::Maand => period(7),
            FacetField::Afzender => document.from.iter().cloned().collect(),
            FacetField::Ontvanger => document.to.iter().cloned().collect(),
            FacetField::Betrokkene => document.people.iter().cloned().collect(),
            FacetField::Custodian => document.custodian.iter().cloned().collect(),
            FacetField::Dubbel => [document.relations.likeness.name().to_owned()].into(),
            FacetField::Taal => document.language.iter().cloned().collect(),
            FacetField::Leesbaarheid => [document.readability.name().to_owned()].into(),
            FacetField::Dossier => document.archief.dossier.iter().cloned().collect(),
            FacetField::Beperking => document.archief.beperkingen.iter().cloned().collect(),
            FacetField::Openbaar => {
                [Public::value(document.relations.published.as_ref()).to_owned()].into()
            }
            FacetField::Waardering => document.archief.waardering.iter().cloned().collect(),
        }
    }

    fn passes(&self, filters: &Filters, except: Option<FacetField>, options: DateOptions) -> bool {
        filters.iter().all(|(field, chosen)| {
            chosen.is_empty()
                || Some(*field) == except
                || !chosen.is_disjoint(&self.values(*field, options))
        })
    }
}

/// What a search must answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// How many documents the question alone finds, whatever the filters.
    pub found: usize,
    /// All of them, by id.
    pub all: BTreeSet<DocId>,
    /// Those that are shown.
    pub hits: BTreeSet<DocId>,
    pub facets: Facets,
}

/// The answer to `search` over `documents`, with the counts of all facets.
pub fn answer(documents: &[Known], search: &Search) -> Answer {
    let options = search.dates;
    let how = Widened {
        mode: search.widening.mode,
        synonyms: search.widening.lists.lists().next().is_some(),
    };
    let asking = Asking::new(documents, options, how);
    let found: Vec<&Known> = documents
        .iter()
        .filter(|known| asking.matches(&search.query, known))
        .collect();
    let hits: Vec<&&Known> = found
        .iter()
        .filter(|known| known.passes(&search.filters, None, options))
        .collect();
    let undated = hits
        .iter()
        .filter(|known| known.date(options.field).is_none())
        .count();
    let facets = FacetField::ALL.map(|field| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let chosen = search.filters.get(&field).cloned().unwrap_or_default();
        counts.extend(chosen.iter().map(|value| (value.clone(), 0)));
        for known in found
            .iter()
            .filter(|known| known.passes(&search.filters, Some(field), options))
        {
            for value in known.values(field, options) {
                *counts.entry(value).or_default() += 1;
            }
        }
        let mut values: Vec<FacetValue> = counts
            .into_iter()
            .map(|(value, count)| FacetValue {
                chosen: chosen.contains(&value),
                value,
                count,
            })
            .collect();
        if matches!(field, FacetField::Jaar | FacetField::Maand) {
            values.reverse();
        } else {
            values.sort_by_key(|value| std::cmp::Reverse(value.count));
        }
        Facet { field, values }
    });
    let shown = shown(&hits, search.collapse);
    Answer {
        facets: Facets {
            counts: Counts {
                total: hits.len() as u64,
                undated: undated as u64,
                hidden: (hits.len() - shown.len()) as u64,
            },
            facets: facets.into(),
        },
        all: hits.iter().map(|known| known.document.id).collect(),
        hits: shown,
        found: found.len(),
    }
}

/// The hits that are shown: of each group the newest, of equals the one with the lowest id.
fn shown(hits: &[&&Known], collapse: Collapse) -> BTreeSet<DocId> {
    let mut best: BTreeMap<String, (std::cmp::Reverse<i64>, DocId)> = BTreeMap::new();
    for known in hits {
        let Relations {
            same, near, thread, ..
        } = known.document.relations;
        let group = match collapse {
            Collapse::Geen => None,
            Collapse::Dubbel => same,
            Collapse::Bijna => near.or(same),
            Collapse::Draad => thread,
        };
        let id = known.document.id;
        let group = group.map_or_else(|| id.to_string(), |group| group.to_string());
        let day = known
            .date(DateField::Datum)
            .map_or(i64::MIN, |date| date.days().last);
        let place = (std::cmp::Reverse(day), id);
        let first = best.entry(group).or_insert(place);
        *first = (*first).min(place);
    }
    best.into_values().map(|(_, id)| id).collect()
}
