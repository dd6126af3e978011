//! The term report: for each line of a list what it finds, alone and of all. Recorded as one zoekactie whose question
//! is any of the lines.

use super::acties::Done;
use crate::problem::{Kind, Problem};
use crate::search::Question;
use crate::state::App;
use crate::store::Stored;
use crate::toegang::Zicht;
use crate::zaken::woordenlijst::gebruik::lijsten;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use zv_shared::index::Search;
use zv_shared::lists::Lists;
use zv_shared::query::{ListError, list_terms, parse_list};

/// The most lines of a list.
const MOST_TERMS: usize = 5_000;
/// The most characters of a list.
const MOST_LETTERS: usize = 500_000;

/// Wat elke regel van een lijst met termen vindt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Termenrapport {
    /// Kenmerk van de zoekopdracht waarmee dit vastgelegd is.
    pub zoekopdracht: String,
    /// De regels van de lijst.
    pub termen: Vec<Regel>,
    /// Treffers van alle termen samen, elk een keer geteld.
    pub totaal: u64,
    /// Families daarin.
    pub families: u64,
    /// Treffers per bron.
    pub per_bron: BTreeMap<String, u64>,
}

/// Wat een regel vindt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TermenrapportRegel)]
pub struct Regel {
    /// Nummer van de regel in de lijst.
    pub regel: usize,
    /// De term zoals die in de lijst staat.
    pub term: String,
    /// Zoals het programma hem begrijpt.
    pub canoniek: String,
    /// Treffers.
    pub treffers: u64,
    /// Treffers die geen andere regel vindt.
    pub uniek: u64,
    /// Families met een treffer.
    pub families: u64,
    /// Treffers per bron.
    pub per_bron: BTreeMap<String, u64>,
}

impl From<ListError> for Problem {
    fn from(error: ListError) -> Self {
        Problem {
            positie: Some(error.fout.positie),
            ..Problem::new(
                Kind::VraagOnjuist,
                format!("Regel {}: {}", error.regel, error.fout.melding),
            )
        }
    }
}

impl App {
    /// Makes the report on `list`, one term on each line; `asked` gives everything else of the question. `earlier` is the
    /// stored search of a report on the same list: made again in another form, it is not another search.
    pub fn term_report(
        &self,
        zicht: &Zicht,
        list: &str,
        asked: Question,
        earlier: Option<&str>,
    ) -> Result<Termenrapport, Problem> {
        let begun = Timestamp::now();
        if list.chars().nth(MOST_LETTERS).is_some() {
            return Err(Problem::refused(
                "Een lijst heeft hoogstens 500.000 tekens.",
            ));
        }
        let lines = list_terms(list)?;
        if lines.len() > MOST_TERMS {
            return Err(Problem::refused(format!(
                "Een lijst heeft hoogstens {MOST_TERMS} termen."
            )));
        }
        let question = Question {
            vraag: parse_list(list)?.to_string(),
            zaak: zicht.zaak_id().map(str::to_owned),
            ..asked
        };
        let lists = self.lists_now(&zicht.zaak.id)?;
        let search = question.search(&lists)?;
        let of_line = |query| Search {
            query,
            ..search.clone()
        };
        let searches: Vec<Search> = lines
            .iter()
            .map(|(_, _, query)| of_line(query.clone()))
            .collect();
        let snapshot = self.snapshot(zicht)?;
        let overlap = snapshot.overlap(&searches)?;
        let stored = self.stored_for(zicht, &question, &lists, earlier)?;
        let done = Done {
            stored: &stored,
            search: &search,
            plan: &snapshot.plan(&search)?,
            counts: snapshot.count(&search)?,
            begun,
        };
        self.record_search(zicht, &snapshot, &done)?;
        let line = |((regel, term, query), share): (
            (usize, String, zv_shared::Query),
            zv_shared::index::Share,
        )| Regel {
            regel,
            term,
            canoniek: query.to_string(),
            treffers: share.extent.total,
            uniek: share.unique,
            families: share.extent.families,
            per_bron: share.extent.per_source,
        };
        Ok(Termenrapport {
            zoekopdracht: stored.id,
            termen: lines.into_iter().zip(overlap.searches).map(line).collect(),
            totaal: overlap.together.total,
            families: overlap.together.families,
            per_bron: overlap.together.per_source,
        })
    }

    /// The stored search of a report: the `earlier` one when that asked the same, or a new one.
    fn stored_for(
        &self,
        zicht: &Zicht,
        question: &Question,
        lists: &Lists,
        earlier: Option<&str>,
    ) -> Result<Stored, Problem> {
        let same = |stored: &Stored| {
            // The local case may be named or not.
            let asked = Question {
                zaak: question.zaak.clone(),
                ..stored.question.clone()
            };
            asked == *question
                && stored.zaak() == zicht.zaak.id
                && stored.who == zicht.actor.id
                && stored.lijsten == Some(lijsten(lists))
        };
        let earlier = earlier.map(|id| self.store.get(id)).transpose()?.flatten();
        if let Some(stored) = earlier.filter(same) {
            return Ok(stored);
        }
        let id = self.store.add(question, &zicht.actor.id, lists)?;
        let stored = self.store.get(&id)?;
        stored.ok_or_else(|| Problem::fault("the search is gone"))
    }
}
