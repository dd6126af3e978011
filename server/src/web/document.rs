//! The page of one document: properties, family, places, text with numbered hits. Never loads more of a long
//! text into the browser than one part.

use super::results::{self, breadcrumb};
use super::text::{Piece, part_of, parts, pieces, tidy};
use super::{Frame, blocking, labels, page};
use crate::problem::Problem;
use crate::state::App;
use crate::store::Stored;
use askama::Template;
use axum::extract::{Path, Query as Params, State};
use axum::response::Response;
use serde::Deserialize;
use std::ops::Range;
use std::sync::Arc;
use zv_shared::index::{IndexError, Search, Snapshot};
use zv_shared::{DocId, Document, Readability, highlight};

/// Where in the document, and where in the list it came from.
#[derive(Deserialize)]
pub struct Place {
    /// The cursor of the result page.
    na: Option<String>,
    /// Part of a long text, from 1.
    deel: Option<usize>,
}

/// A member of the family, or another place of the same bytes.
struct Relative {
    address: String,
    title: String,
    path: String,
    format: String,
    unreadable: bool,
    current: bool,
    /// Steps below the outermost document, as a class name.
    depth: usize,
}

/// A part of a long text.
struct Part {
    number: usize,
    address: String,
    current: bool,
}

/// A piece of text in the template.
enum Shown {
    Plain(String),
    Page(usize),
    Hit {
        number: usize,
        text: String,
        next: String,
    },
}

/// The way between the hits.
struct Hits {
    total: usize,
    first: String,
    /// First and last number in this part; 0 when there are none.
    here: [usize; 2],
    /// The last hit before this part and the first one after it.
    outside: [Option<String>; 2],
}

impl Hits {
    fn has_here(&self) -> bool {
        self.here[0] > 0
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    title: String,
    path: Vec<String>,
    /// Back to the list, the document before and the one after.
    list: Option<String>,
    neighbours: [Option<String>; 2],
    unreadable: Option<String>,
    properties: Vec<(&'static str, String)>,
    metadata: Vec<(String, String)>,
    family: Vec<Relative>,
    incomplete: bool,
    places: Vec<Relative>,
    original: String,
    parts: Vec<Part>,
    hits: Option<Hits>,
    text: Vec<Shown>,
    notice: Option<String>,
}

/// A document as it was found by a search.
pub async fn in_search(
    State(app): State<Arc<App>>,
    Path((search, document)): Path<(String, String)>,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(move || {
        let stored = results::stored(&app, &search)?;
        show(&app, &document, Some(&stored), &place)
    })
    .await
}

/// A document on its own.
pub async fn alone(
    State(app): State<Arc<App>>,
    Path(document): Path<String>,
    Params(place): Params<Place>,
) -> Result<Response, Problem> {
    blocking(move || show(&app, &document, None, &place)).await
}

fn show(app: &App, id: &str, stored: Option<&Stored>, place: &Place) -> Result<Response, Problem> {
    let snapshot = app.index.snapshot()?;
    let document = crate::api::find_document(&*snapshot, id)?;
    // A question that cannot be understood marks nothing; its own page says what is wrong.
    let search = stored.and_then(|stored| stored.question.search().ok());
    let address = Address {
        search: stored.map(|stored| stored.id.as_str()),
        place: place.na.as_deref(),
    };
    let neighbours = match (stored, &search) {
        (Some(stored), Some(search)) => {
            results::neighbours(app, stored, search, &document, place.na.as_deref())?
        }
        _ => [None, None],
    };
    let (text, notice) = match snapshot.text(&document) {
        Ok(text) => (text, None),
        Err(error @ IndexError::TextLost) => (
            String::new(),
            Some(crate::problem::sentence(&error.to_string())),
        ),
        Err(error) => return Err(error.into()),
    };
    let marks = marks(app, &document, &text, search.as_ref());
    let own = address.of(document.id);
    let body = Body::new(&text, &marks, document.pages > 1, &own, place.deel)?;
    let template = DocumentPage {
        frame: Frame::new(app, document.title.clone()),
        title: document.title.clone(),
        path: breadcrumb(&document),
        list: address.list(),
        neighbours,
        unreadable: unreadable(&document),
        properties: properties(&document),
        metadata: document.metadata.clone(),
        family: family(&*snapshot, &document, &address)?,
        incomplete: !document.complete,
        places: places(&*snapshot, &document, &address)?,
        original: format!("/v1/documenten/{}/origineel", document.id),
        parts: body.parts,
        hits: body.hits,
        text: body.text,
        notice,
    };
    page(&template)
}

/// How addresses of documents are made on this page.
struct Address<'a> {
    search: Option<&'a str>,
    place: Option<&'a str>,
}

impl Address<'_> {
    fn of(&self, document: DocId) -> String {
        match self.search {
            Some(search) => results::document_address(search, &document.to_string(), self.place),
            None => format!("/document/{document}"),
        }
    }

    fn list(&self) -> Option<String> {
        let search = self.search?;
        Some(match self.place {
            Some(place) => format!("/zoek/{search}?na={place}"),
            None => format!("/zoek/{search}"),
        })
    }
}

fn marks(
    app: &App,
    document: &Document,
    text: &str,
    search: Option<&Search>,
) -> Arc<Vec<Range<usize>>> {
    match (search, &document.text) {
        (Some(search), Some(key)) => app.marks.get_or(format!("{key}\n{}", search.query), || {
            tidy(text, highlight::matches(text, &search.query))
        }),
        _ => Arc::default(),
    }
}

/// The text that is shown, with the ways through it.
struct Body {
    parts: Vec<Part>,
    hits: Option<Hits>,
    text: Vec<Shown>,
}

impl Body {
    fn new(
        text: &str,
        marks: &[Range<usize>],
        paged: bool,
        own: &str,
        part: Option<usize>,
    ) -> Result<Self, Problem> {
        let ranges = parts(text);
        let current = part.unwrap_or(1).wrapping_sub(1);
        let range = ranges
            .get(current)
            .ok_or_else(|| Problem::not_found("Dit deel van de tekst bestaat niet."))?;
        let part_address = |part: usize| match part {
            0 => own.to_owned(),
            _ => format!(
                "{own}{}deel={}",
                if own.contains('?') { '&' } else { '?' },
                part + 1
            ),
        };
        let hit_address = |index: usize| {
            let part = part_of(&ranges, marks.get(index)?.start);
            let page = if part == current {
                String::new()
            } else {
                part_address(part)
            };
            Some(format!("{page}#treffer-{}", index + 1))
        };
        let text = pieces(text, range, marks, paged)
            .into_iter()
            .map(|piece| match piece {
                Piece::Plain(text) => Shown::Plain(text.to_owned()),
                Piece::Page(number) => Shown::Page(number),
                Piece::Hit(number, text) => Shown::Hit {
                    number,
                    text: text.to_owned(),
                    // After the last hit comes the first.
                    next: hit_address(number)
                        .or_else(|| hit_address(0))
                        .unwrap_or_default(),
                },
            });
        let hits = hits(marks, range, hit_address);
        let part = |number| Part {
            number: number + 1,
            address: part_address(number),
            current: number == current,
        };
        let text = text.collect();
        let shown = if ranges.len() > 1 {
            around(ranges.len(), current)
        } else {
            Vec::new()
        };
        Ok(Body {
            parts: shown.into_iter().map(part).collect(),
            hits,
            text,
        })
    }
}

/// The way between the hits, seen from the part `range`.
fn hits(
    marks: &[Range<usize>],
    range: &Range<usize>,
    hit_address: impl Fn(usize) -> Option<String>,
) -> Option<Hits> {
    let before = marks.partition_point(|mark| mark.start < range.start);
    let until = marks.partition_point(|mark| mark.start < range.end);
    (!marks.is_empty()).then(|| Hits {
        total: marks.len(),
        first: hit_address(0).unwrap_or_default(),
        here: if before < until {
            [before + 1, until]
        } else {
            [0, 0]
        },
        outside: [
            before.checked_sub(1).and_then(&hit_address),
            hit_address(until),
        ],
    })
}

/// The parts that are linked: the first, the last and those around the current one.
fn around(count: usize, current: usize) -> Vec<usize> {
    (0..count)
        .filter(|&part| part == 0 || part + 1 == count || part.abs_diff(current) <= 3)
        .collect()
}

fn unreadable(document: &Document) -> Option<String> {
    let reason = document
        .reason
        .as_deref()
        .unwrap_or("de reden is niet bekend");
    match document.readability {
        Readability::Leesbaar => None,
        Readability::Gedeeltelijk => {
            Some(format!("Dit document is niet helemaal gelezen: {reason}."))
        }
        Readability::Onleesbaar => Some(format!(
            "De inhoud van dit document is niet te lezen: {reason}."
        )),
    }
}

fn properties(document: &Document) -> Vec<(&'static str, String)> {
    let dates = &document.dates;
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join("; "));
    let dated = |dated: zv_shared::Dated| {
        format!(
            "{} ({})",
            labels::date(dated.date),
            labels::origin(dated.origin)
        )
    };
    let sent = match dates.sent_at {
        Some(moment) => Some(labels::moment(moment)),
        None => dates.sent.map(labels::date),
    };
    let rows = [
        ("Datum", dates.effective().map(dated)),
        ("Documentsoort", Some(document.kind.clone())),
        (
            "Bestandsformaat",
            Some(labels::format_name(&document.format)),
        ),
        ("Auteur", list(&document.authors)),
        ("Van", list(&document.from)),
        ("Aan", list(&document.to)),
        ("Verzonden", sent),
        ("Datum van het document", dates.document.map(dated)),
        ("Bestand gewijzigd", dates.changed.map(labels::date)),
        ("Taal", document.language.as_deref().map(labels::language)),
        (
            "Leesbaarheid",
            Some(labels::readability(document.readability).to_owned()),
        ),
        (
            "Bladzijden",
            (document.pages > 1).then(|| labels::number(u64::from(document.pages))),
        ),
        ("Grootte", Some(labels::bytes(document.size))),
        ("Bron", Some(document.bron.clone())),
        ("Pad", Some(document.place.to_string())),
        ("SHA-256", document.content.map(|hash| hash.to_string())),
    ];
    rows.into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .collect()
}

fn relative(member: &Document, address: &Address<'_>, current: DocId, depth: usize) -> Relative {
    Relative {
        address: address.of(member.id),
        title: member.title.clone(),
        path: breadcrumb(member).join(" › "),
        format: labels::format_name(&member.format),
        unreadable: member.readability == Readability::Onleesbaar,
        current: member.id == current,
        depth: depth.min(6),
    }
}

fn family(
    snapshot: &dyn Snapshot,
    document: &Document,
    address: &Address<'_>,
) -> Result<Vec<Relative>, Problem> {
    let members = snapshot.family(document.family)?;
    if members.len() < 2 {
        return Ok(Vec::new());
    }
    let mut depths = std::collections::HashMap::new();
    let relatives = members.iter().map(|member| {
        let depth = member
            .parent
            .and_then(|parent| depths.get(&parent))
            .map_or(0, |depth| depth + 1);
        depths.insert(member.id, depth);
        relative(member, address, document.id, depth)
    });
    Ok(relatives.collect())
}

fn places(
    snapshot: &dyn Snapshot,
    document: &Document,
    address: &Address<'_>,
) -> Result<Vec<Relative>, Problem> {
    let Some(content) = document.content else {
        return Ok(Vec::new());
    };
    let same = snapshot.same_content(content)?;
    let others = same.iter().filter(|other| other.id != document.id);
    Ok(others
        .map(|other| relative(other, address, document.id, 0))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_lead_from_one_to_the_next_over_the_parts() {
        let text = "woord ".repeat(100_000);
        let marks = [0..5, 300_000..300_005];
        let body = |part| Body::new(&text, &marks, false, "/document/1", part).expect("part");
        let first = body(None);
        let Some(Shown::Hit { next, .. }) = first.text.first() else {
            panic!("no hit")
        };
        assert!(
            next.starts_with("/document/1?deel=") && next.ends_with("#treffer-2"),
            "{next}"
        );
        let hits = first.hits.expect("hits");
        assert_eq!((hits.total, hits.here), (2, [1, 1]));
        assert_eq!(hits.outside, [None, Some(next.clone())]);
        assert!(Body::new(&text, &marks, false, "/d", Some(99)).is_err());
        assert!(Body::new(&text, &marks, false, "/d", Some(0)).is_err());
        assert_eq!(body(Some(2)).hits.expect("hits").here, [0, 0]);
    }
}
