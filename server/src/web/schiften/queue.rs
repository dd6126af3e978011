//! The queue of documents that are judged: the hits of a zoekactie in their order, or a row of the case, with the ways on
//! and back. Of hits it looks up a stretch at a time.

use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::web::{Shortage, body, labels};
use crate::zaken::acties::Zoekactie;
use crate::zaken::rijen::Rij;
use serde::Deserialize;
use zv_shared::index::{IndexError, Search, Snapshot};
use zv_shared::{DocId, Document, Query};

/// Documents of the queue that are looked up at a time.
const STRETCH: usize = 20;

/// Where in the queue, and what was just done.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Place {
    /// The document; without one the first of the stretch.
    pub(super) document: Option<String>,
    /// The cursor before the stretch.
    pub(super) na: Option<String>,
    /// The last of the stretch, when `laatste`.
    pub(super) plek: Option<String>,
    /// Part of a long text, from 1.
    pub(super) deel: Option<usize>,
    /// The deed that was just done.
    pub(super) gedaan: Option<u32>,
    /// What else was just saved.
    pub(super) klaar: Option<String>,
    /// In a row that the document has left: the one that came after it.
    pub(super) volgende: Option<String>,
}

/// What is judged, as an address names it: the hits of a zoekactie by its number, or a row of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naam {
    /// A zoekactie.
    Actie(u32),
    /// A row.
    Rij(Rij),
}

impl<'de> Deserialize<'de> for Naam {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Rij::named(&text) {
            Some(rij) => Ok(Naam::Rij(rij)),
            None => text
                .parse()
                .map(Naam::Actie)
                .map_err(serde::de::Error::custom),
        }
    }
}

/// What is judged, in its case.
pub(super) struct Review {
    pub(super) zicht: Zicht,
    pub(super) reeks: Reeks,
}

/// Where its documents come from.
pub(super) enum Reeks {
    /// The hits of a zoekactie, in their order.
    Actie(Box<Zoekactie>, Search),
    /// A row of the case. What the rounds searched for is marked.
    Rij(Rij, Option<Search>),
}

impl Review {
    pub(super) fn open(
        app: &App,
        actor: &crate::mensen::Actor,
        zaak: &str,
        naam: Naam,
    ) -> Result<Self, Problem> {
        let zicht = app.zicht(actor, Some(zaak))?;
        let reeks = match naam {
            Naam::Rij(rij) => Reeks::Rij(rij, searched_for(app, &zicht)?),
            Naam::Actie(nummer) => {
                let missing = || Problem::not_found("Deze zoekactie bestaat niet.");
                let actie = app
                    .store
                    .zoekactie(&zicht.zaak.id, nummer)?
                    .ok_or_else(missing)?;
                let search = app.search_again(&actie.verslag)?;
                Reeks::Actie(Box::new(actie), search)
            }
        };
        Ok(Review { zicht, reeks })
    }

    /// The zoekactie, when its hits are judged.
    pub(super) fn actie(&self) -> Result<&Zoekactie, Problem> {
        match &self.reeks {
            Reeks::Actie(actie, _) => Ok(actie),
            Reeks::Rij(..) => Err(Problem::not_found("Deze zoekactie bestaat niet.")),
        }
    }

    /// Whether it is a row: then a document leaves it when it is done.
    pub(super) fn rij(&self) -> Option<Rij> {
        match &self.reeks {
            Reeks::Actie(..) => None,
            Reeks::Rij(rij, _) => Some(*rij),
        }
    }

    /// What is marked in the text.
    pub(super) fn search(&self) -> Option<&Search> {
        match &self.reeks {
            Reeks::Actie(_, search) => Some(search),
            Reeks::Rij(_, search) => search.as_ref(),
        }
    }

    /// Address of the pages of this queue.
    pub(super) fn base(&self) -> String {
        let zaak = &self.zicht.zaak.id;
        match &self.reeks {
            Reeks::Actie(actie, _) => format!("/zaken/{zaak}/schiften/{}", actie.nummer),
            Reeks::Rij(rij, _) => format!("/zaken/{zaak}/schiften/{}", rij.name()),
        }
    }

    /// Address of a document in the queue.
    pub(super) fn address(&self, place: Option<&str>, document: Option<&str>) -> String {
        let parts = [
            place.map(|place| format!("na={place}")),
            document.map(|document| format!("document={document}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.is_empty() {
            true => self.base(),
            false => format!("{}?{}", self.base(), parts.join("&")),
        }
    }
}

/// Everything that the zoekacties in rounds searched for, to be marked in a document that was found by one of them. `None`
/// when nothing was searched, or when all of it together is too much for one question.
fn searched_for(app: &App, zicht: &Zicht) -> Result<Option<Search>, Problem> {
    let acties = app.store.zoekacties(&zicht.zaak.id)?;
    let counts = acties.iter().filter(|actie| actie.ronde.is_some());
    let mut queries = Vec::new();
    let mut last = None;
    for actie in counts {
        let search = app.search_again(&actie.verslag)?;
        if !queries.contains(&search.query) {
            queries.push(search.query.clone());
        }
        last = Some(search);
    }
    // With the lists of words of the last one.
    let Some(last) = last else {
        return Ok(None);
    };
    let query = match queries.len() {
        1 => queries.remove(0),
        _ => Query::Or(queries),
    };
    let search = Search {
        widening: last.widening,
        ..Search::of(query)
    };
    match app.snapshot(zicht)?.plan(&search) {
        Ok(_) => Ok(Some(search)),
        Err(IndexError::TooWide(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A document in the queue, with the ways on and back.
pub(super) struct Queue {
    pub(super) document: Document,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    /// The next document of a row.
    pub(super) after: Option<DocId>,
    /// Whether it is a row.
    row: bool,
    /// Its number in the queue, when that is known.
    pub(super) number: Option<u64>,
    pub(super) total: u64,
    /// Documents that another one stands for.
    pub(super) hidden: u64,
}

/// The stretch of the queue in which a document is looked for.
struct Stretch {
    documents: Vec<Document>,
    /// The cursor behind it.
    next: Option<String>,
    /// Documents before it, when that is known.
    skipped: Option<u64>,
    /// Address of the last document before it.
    before: Option<String>,
    total: u64,
    hidden: u64,
}

impl Stretch {
    fn read(
        app: &App,
        review: &Review,
        (actie, search): (&Zoekactie, &Search),
        here: Option<&str>,
    ) -> Result<Self, Shortage> {
        let (snapshot, after) = app.at(&review.zicht, here)?;
        let sort = actie.verslag.zoekvraag.sorteer;
        let (facets, page) =
            snapshot.facets_and_hits(search, &[], sort, after.as_ref(), STRETCH)?;
        let next = page.next.map(|next| next.0);
        // The name of a stretch of this queue on the way back.
        let named =
            |place: &str| format!("schiften {} {}:{place}", review.zicht.zaak.id, actie.nummer);
        let key = here.map(named);
        if let Some(next) = &next {
            let count = page.hits.len() as u64;
            app.trail.note(key.as_deref(), count, &named(next));
        }
        let step = app.trail.step(key.as_deref());
        let before = step.as_ref().filter(|_| here.is_some()).map(|step| {
            let place = step.previous.as_deref().and_then(|key| key.split_once(':'));
            let address = review.address(place.map(|(_, place)| place), None);
            body::with(&address, "plek=laatste")
        });
        Ok(Stretch {
            documents: page.hits.into_iter().map(|hit| hit.document).collect(),
            next,
            skipped: step.map(|step| step.skipped),
            before,
            total: facets.counts.total - facets.counts.hidden,
            hidden: facets.counts.hidden,
        })
    }

    /// Where in it the document is that is asked for.
    fn position(&self, place: &Place) -> Option<usize> {
        let documents = &self.documents;
        match (&place.document, place.plek.as_deref()) {
            (Some(id), _) => documents.iter().position(|one| one.id.to_string() == *id),
            (None, Some("laatste")) => documents.len().checked_sub(1),
            (None, _) => (!documents.is_empty()).then_some(0),
        }
    }
}

impl Queue {
    fn at(app: &App, review: &Review, place: &Place) -> Result<Self, Shortage> {
        match &review.reeks {
            Reeks::Actie(actie, search) => Self::in_hits(app, review, (actie, search), place),
            Reeks::Rij(rij, _) => Self::in_row(app, review, *rij, place),
        }
    }

    fn in_hits(
        app: &App,
        review: &Review,
        actie: (&Zoekactie, &Search),
        place: &Place,
    ) -> Result<Self, Shortage> {
        let here = place.na.as_deref();
        let stretch = Stretch::read(app, review, actie, here)?;
        let at = stretch.position(place);
        let address = |at: usize| {
            let one = stretch.documents.get(at)?;
            Some(review.address(here, Some(&one.id.to_string())))
        };
        let beyond = || {
            let next = stretch.next.as_deref()?;
            Some(review.address(Some(next), None))
        };
        let found = at.and_then(|at| stretch.documents.get(at));
        let document = match (found, &place.document) {
            (Some(document), _) => document.clone(),
            // Not in this stretch any more: the document itself, with the way back to the queue.
            (None, Some(id)) => crate::api::find_document(&*app.snapshot(&review.zicht)?, id)?,
            (None, None) => {
                return Err(Problem::not_found("Deze zoekactie vindt nu geen documenten.").into());
            }
        };
        Ok(Queue {
            document,
            previous: match at {
                None => None,
                Some(0) => stretch.before.clone(),
                Some(at) => address(at - 1),
            },
            next: match at {
                None => Some(review.address(here, None)),
                Some(at) => address(at + 1).or_else(beyond),
            },
            after: None,
            row: false,
            number: at.and_then(|at| Some(stretch.skipped? + at as u64 + 1)),
            total: stretch.total,
            hidden: stretch.hidden,
        })
    }

    fn in_row(app: &App, review: &Review, rij: Rij, place: &Place) -> Result<Self, Shortage> {
        let ids = app.rij(&review.zicht, rij)?;
        let snapshot = app.snapshot(&review.zicht)?;
        let known = |id: &Option<String>| id.as_deref().and_then(|id| id.parse::<DocId>().ok());
        let wanted = known(&place.document);
        let at = match wanted {
            Some(wanted) => ids.iter().position(|id| *id == wanted),
            None => there(&*snapshot, ids.iter())?
                .and_then(|first| ids.iter().position(|id| *id == first)),
        };
        let document = match (wanted, at) {
            (Some(id), _) => crate::api::find_document(&*snapshot, &id.to_string())?,
            (None, Some(at)) => crate::api::find_document(&*snapshot, &ids[at].to_string())?,
            (None, None) => return Err(Problem::not_found("Deze rij is leeg.").into()),
        };
        let (previous, after) = match at {
            Some(at) => (
                there(&*snapshot, ids[..at].iter().rev())?,
                there(&*snapshot, ids[at + 1..].iter())?,
            ),
            // It left the row: on with the one that came after it, or else from the front.
            None => {
                let hinted = known(&place.volgende).filter(|id| ids.contains(id));
                let hinted = match hinted {
                    Some(id) => there(&*snapshot, std::iter::once(&id))?,
                    None => None,
                };
                (None, hinted.or(there(&*snapshot, ids.iter())?))
            }
        };
        let address = |id: DocId| review.address(None, Some(&id.to_string()));
        Ok(Queue {
            document,
            previous: previous.map(address),
            next: after.map(address),
            after,
            row: true,
            number: at.map(|at| at as u64 + 1),
            total: ids.len() as u64,
            hidden: 0,
        })
    }

    /// The same; when the index moved on since, from the start.
    pub(super) fn found(
        app: &App,
        review: &Review,
        place: &Place,
    ) -> Result<(Self, Option<String>), Problem> {
        match Queue::at(app, review, place) {
            Err(Shortage::Index(error @ (IndexError::SnapshotGone | IndexError::BadCursor))) => {
                let again = Place {
                    na: None,
                    ..place.clone()
                };
                let notice = crate::problem::sentence(&error.to_string());
                Ok((Queue::at(app, review, &again)?, Some(notice)))
            }
            found => Ok((found?, None)),
        }
    }
}

/// The first of these that is in the index.
fn there<'a>(
    snapshot: &dyn Snapshot,
    ids: impl Iterator<Item = &'a DocId>,
) -> Result<Option<DocId>, IndexError> {
    for id in ids {
        if snapshot.doc(*id)?.is_some() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

impl Queue {
    /// Where in the queue, in words.
    pub(super) fn position(&self) -> String {
        let total = labels::count(self.total, "document", "documenten");
        match self.number {
            Some(number) => format!("Document {} van {total}", labels::number(number)),
            None if self.row => {
                format!("Dit document staat niet in de rij; daar staan nog {total}")
            }
            None => format!("Een van {total}"),
        }
    }
}
