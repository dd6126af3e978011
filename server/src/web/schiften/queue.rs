//! The queue of documents that are judged: the hits of a zoekactie in their order, with the ways on and back. Looks up a
//! stretch of them at a time.

use crate::problem::Problem;
use crate::state::App;
use crate::toegang::Zicht;
use crate::web::{Shortage, body, labels};
use crate::zaken::acties::Zoekactie;
use serde::Deserialize;
use zv_shared::Document;
use zv_shared::index::{IndexError, Search};

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
}

/// The zoekactie that is judged, in its case.
pub(super) struct Review {
    pub(super) zicht: Zicht,
    pub(super) actie: Zoekactie,
    pub(super) search: Search,
}

impl Review {
    pub(super) fn open(
        app: &App,
        actor: &crate::mensen::Actor,
        zaak: &str,
        nummer: u32,
    ) -> Result<Self, Problem> {
        let zicht = app.zicht(actor, Some(zaak))?;
        let missing = || Problem::not_found("Deze zoekactie bestaat niet.");
        let actie = app
            .store
            .zoekactie(&zicht.zaak.id, nummer)?
            .ok_or_else(missing)?;
        let search = app.search_again(&actie.verslag)?;
        Ok(Review {
            zicht,
            actie,
            search,
        })
    }

    /// Address of the pages of this zoekactie.
    pub(super) fn base(&self) -> String {
        format!(
            "/zaken/{}/schiften/{}",
            self.zicht.zaak.id, self.actie.nummer
        )
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

    /// The name of a stretch of this queue on the way back.
    fn key(&self, place: &str) -> String {
        format!(
            "schiften {} {}:{place}",
            self.zicht.zaak.id, self.actie.nummer
        )
    }
}

/// A document in the queue, with the ways on and back.
pub(super) struct Queue {
    pub(super) document: Document,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
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
    fn read(app: &App, review: &Review, here: Option<&str>) -> Result<Self, Shortage> {
        let (snapshot, after) = app.at(&review.zicht, here)?;
        let sort = review.actie.verslag.zoekvraag.sorteer;
        let (facets, page) =
            snapshot.facets_and_hits(&review.search, &[], sort, after.as_ref(), STRETCH)?;
        let next = page.next.map(|next| next.0);
        let key = here.map(|here| review.key(here));
        if let Some(next) = &next {
            let count = page.hits.len() as u64;
            app.trail.note(key.as_deref(), count, &review.key(next));
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
        let here = place.na.as_deref();
        let stretch = Stretch::read(app, review, here)?;
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
            number: at.and_then(|at| Some(stretch.skipped? + at as u64 + 1)),
            total: stretch.total,
            hidden: stretch.hidden,
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

impl Queue {
    /// Where in the queue, in words.
    pub(super) fn position(&self) -> String {
        let total = labels::count(self.total, "document", "documenten");
        match self.number {
            Some(number) => format!("Document {} van {total}", labels::number(number)),
            None => format!("Een van {total}"),
        }
    }
}
