//! With which lists a question is asked: those of the program, of the installation and of its case, the last versions
//! that are on. A stored question keeps the versions that it was asked with, and their rows are kept too: however often
//! it is opened again, and whatever was changed since, it is the same question. Never looks a word up.

use super::super::LOCAL;
use super::super::acties::Verslag;
use crate::problem::Problem;
use crate::search::Question;
use crate::state::App;
use crate::store::{Change, Store, StoreError, Stored};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;
use zv_shared::index::Search;
use zv_shared::lists::{self, List, ListName, Lists, Origin, Ready, Row};

/// Een lijst met synoniemen, in de versie waarmee gezocht is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ToegepasteLijst)]
pub struct Lijst {
    /// Waar de lijst vandaan komt.
    #[schema(value_type = crate::model::LijstHerkomst)]
    pub herkomst: Origin,
    /// Naam.
    pub naam: String,
    /// De versie die de lijst zelf noemt; van een lijst van de zaak het nummer van de versie.
    pub versie: Option<String>,
    /// SHA-256 van de regels.
    pub sha256: String,
    /// Aantal termen.
    pub termen: usize,
}

impl From<&List> for Lijst {
    fn from(list: &List) -> Self {
        Lijst {
            herkomst: list.origin(),
            naam: list.name().to_owned(),
            versie: list.stated().map(str::to_owned),
            sha256: list.hash().to_owned(),
            termen: list.terms(),
        }
    }
}

impl Lijst {
    /// What tells it from other lists and versions.
    pub fn known_as(&self) -> VanLijst {
        VanLijst {
            herkomst: self.herkomst,
            naam: self.naam.clone(),
            versie: lists::version(self.versie.as_deref(), &self.sha256),
        }
    }
}

/// All lists of a search.
pub fn lijsten(lists: &Lists) -> Vec<Lijst> {
    lists.lists().map(Lijst::from).collect()
}

/// Van welke lijst een synoniem komt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[schema(as = VanLijst)]
pub struct VanLijst {
    /// Waar de lijst vandaan komt.
    #[schema(value_type = crate::model::LijstHerkomst)]
    pub herkomst: Origin,
    /// Naam.
    pub naam: String,
    /// Versie, met het begin van de SHA-256 van de regels.
    pub versie: String,
}

impl VanLijst {
    /// The lists that a synonym comes from.
    pub fn all(lists: &[Arc<ListName>]) -> Vec<Self> {
        let of = |list: &Arc<ListName>| VanLijst {
            herkomst: list.origin,
            naam: list.name.clone(),
            versie: list.version.clone(),
        };
        lists.iter().map(of).collect()
    }
}

/// Lists that were made ready lately, the last one last.
#[derive(Default)]
pub struct ReadyLists {
    latest: Mutex<Vec<(Lijst, Arc<Ready>)>>,
}

impl ReadyLists {
    /// So many terms of lists are kept ready; about 1 kB each.
    const MOST_TERMS: usize = 200_000;

    fn get_or(
        &self,
        wanted: &Lijst,
        make: impl FnOnce() -> Result<List, Problem>,
    ) -> Result<Arc<Ready>, Problem> {
        let known = |latest: &[(Lijst, Arc<Ready>)]| {
            let found = latest.iter().find(|(lijst, _)| lijst == wanted);
            found.map(|(_, ready)| Arc::clone(ready))
        };
        if let Some(ready) = known(&self.lock()) {
            return Ok(ready);
        }
        let ready = Arc::new(Ready::new(make()?));
        let mut latest = self.lock();
        let terms = |latest: &[(Lijst, Arc<Ready>)]| -> usize {
            latest.iter().map(|(lijst, _)| lijst.termen).sum()
        };
        while !latest.is_empty() && terms(&latest) + wanted.termen > Self::MOST_TERMS {
            latest.remove(0);
        }
        latest.push((wanted.clone(), Arc::clone(&ready)));
        Ok(ready)
    }

    // A panic elsewhere leaves the list whole.
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Lijst, Arc<Ready>)>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The lists that a question in a case is asked with now.
    pub fn lists_now(&self, zaak: &str) -> Result<Arc<Lists>, Problem> {
        let of_case = self.store.woordenlijsten_now(zaak)?;
        let on = of_case.into_iter().filter(|list| list.aan);
        let mut lists = Lists::clone(&self.lists_of_installation);
        for list in on {
            let wanted = Lijst {
                herkomst: Origin::Zaak,
                naam: list.naam,
                versie: Some(list.versie.to_string()),
                sha256: list.sha256,
                termen: list.termen as usize,
            };
            lists = lists.and(self.ready(&wanted)?);
        }
        Ok(Arc::new(lists))
    }

    /// The lists with which something was searched, as they were.
    pub fn lists_then(&self, lijsten: &[Lijst]) -> Result<Arc<Lists>, Problem> {
        let ready = lijsten.iter().map(|wanted| self.ready(wanted));
        let lists = ready.collect::<Result<Vec<_>, _>>()?;
        let all = lists.into_iter().fold(Lists::default(), Lists::and);
        Ok(Arc::new(all))
    }

    /// The lists of a stored question.
    pub fn lists_of(&self, stored: &Stored) -> Result<Arc<Lists>, Problem> {
        match &stored.lijsten {
            Some(lijsten) => self.lists_then(lijsten),
            None => self.lists_now(stored.zaak()),
        }
    }

    /// A stored question as the index gets it.
    pub fn search_of(&self, stored: &Stored) -> Result<Search, Problem> {
        Ok(stored.question.search(&self.lists_of(stored)?)?)
    }

    /// The question of a recorded search, with the lists of then.
    pub fn search_again(&self, verslag: &Verslag) -> Result<Search, Problem> {
        Ok(verslag
            .zoekvraag
            .search(&self.lists_then(&verslag.lijsten)?)?)
    }

    /// Stores a question of `who`, with the lists of its case as they are now. Gives its id.
    pub fn store_question(&self, question: &Question, who: &str) -> Result<String, Problem> {
        let lists = self.lists_now(question.zaak.as_deref().unwrap_or(LOCAL))?;
        let question = Question {
            verfijnt: self.first_step(question, &lists)?,
            ..question.clone()
        };
        Ok(self.store.add(&question, who, &lists)?)
    }

    /// The search of which a question is a further step: the same words in the same case, asked in the same way with
    /// the same lists.
    fn first_step(&self, question: &Question, lists: &Lists) -> Result<Option<String>, Problem> {
        let Some(before) = &question.verfijnt else {
            return Ok(None);
        };
        let Some(before) = self.store.get(before)? else {
            return Ok(None);
        };
        let (then, now) = (&before.question, question);
        let same = before.zaak() == now.zaak.as_deref().unwrap_or(LOCAL)
            && then.vraag == now.vraag
            && then.wijze == now.wijze
            && then.breedte == now.breedte
            && before.lijsten.as_ref() == Some(&lijsten(lists));
        Ok(same.then(|| before.question.verfijnt.unwrap_or(before.id)))
    }

    fn ready(&self, wanted: &Lijst) -> Result<Arc<Ready>, Problem> {
        let of_installation = self.lists_of_installation.ready();
        let mut same = of_installation
            .iter()
            .filter(|ready| Lijst::from(ready.list()) == *wanted);
        if let Some(ready) = same.next() {
            return Ok(Arc::clone(ready));
        }
        self.ready_lists.get_or(wanted, || self.store.list(wanted))
    }
}

impl Store {
    /// A list with the rows that were kept of it.
    fn list(&self, wanted: &Lijst) -> Result<List, Problem> {
        let rows = self.list_rows(&wanted.sha256)?;
        let rows = rows.ok_or_else(|| Problem::fault("the rows of a list are gone"))?;
        let list = List::of_rows(&wanted.naam, wanted.herkomst, wanted.versie.clone(), rows);
        let list = list.map_err(Problem::fault)?;
        match list.hash() == wanted.sha256 {
            true => Ok(list),
            false => Err(Problem::fault("the rows of a list are not what was kept")),
        }
    }

    /// The rows with this SHA-256.
    pub fn list_rows(&self, sha256: &str) -> Result<Option<Vec<Row>>, StoreError> {
        let connection = self.connection();
        let sql = "SELECT rijen FROM woordenlijst_inhoud WHERE hash = ?";
        let text: Option<String> = connection
            .query_row(sql, [sha256], |row| row.get(0))
            .optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

/// Keeps the rows of a list, unless they are kept already.
pub fn keep(change: &Change<'_>, list: &List) -> Result<(), StoreError> {
    let known = "SELECT EXISTS (SELECT 1 FROM woordenlijst_inhoud WHERE hash = ?)";
    if change.query_row(known, [list.hash()], |row| row.get(0))? {
        return Ok(());
    }
    let rows = serde_json::to_string(list.rows())?;
    change.execute(
        "INSERT INTO woordenlijst_inhoud VALUES (?, ?, ?)",
        params![list.hash(), rows, list.terms() as i64],
    )?;
    Ok(())
}
