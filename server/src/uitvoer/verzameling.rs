//! The documents that an export is about: what a zoekactie found, what was found relevant, or what belongs to a
//! deelbesluit or belanghebbende. Hands them over one by one
//! on one state of the index, by source and path with families together, and says whether they are as many as the record
//! tells. Never shows who asks a document that they may not see.

use super::oordelen::relevant;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::Zicht;
use crate::web::labels::{count, number};
use crate::zaken::acties::{Done, Zoekactie};
use crate::zaken::indeling::Deel;
use crate::zaken::telling::{Member, load_results, member, results_file};
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zv_shared::index::{Collapse, IndexError, Search, Snapshot, Sort};
use zv_shared::{DocId, Document};

/// Which documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keuze {
    /// What the zoekactie with this number found.
    Zoekactie(u32),
    /// What a stored search finds now.
    Zoekopdracht(String),
    /// What was found relevant.
    Relevant,
    /// What belongs to a deelbesluit or a belanghebbende.
    Deel(Deel),
}

impl Keuze {
    /// The one that was named.
    pub fn of(
        zoekactie: Option<u32>,
        zoekopdracht: Option<String>,
        relevant: bool,
        (deelbesluit, belanghebbende): (Option<u32>, Option<u32>),
    ) -> Result<Self, Problem> {
        let deel = |named: Option<u32>, of: fn(u32) -> Deel| named.map(of).map(Keuze::Deel);
        let named = [
            zoekactie.map(Keuze::Zoekactie),
            zoekopdracht.map(Keuze::Zoekopdracht),
            relevant.then_some(Keuze::Relevant),
            deel(deelbesluit, Deel::Deelbesluit),
            deel(belanghebbende, Deel::Belanghebbende),
        ];
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(keuze), None) => Ok(keuze),
            _ => Err(Problem::refused(
                "Noem een zoekactie, een zoekopdracht, relevant: true, een deelbesluit of een belanghebbende; een \
                 ervan.",
            )),
        }
    }

    /// The deelbesluit or belanghebbende that it is about.
    pub fn deel(&self) -> Option<Deel> {
        match self {
            Keuze::Deel(deel) => Some(*deel),
            _ => None,
        }
    }
}

/// Whether nobody waits for the export any more.
pub type Weg = Arc<AtomicBool>;

/// The documents of an export.
pub struct Verzameling {
    /// The state of the index, as far as it exists for who asks.
    pub snapshot: Arc<dyn Snapshot>,
    /// The zoekactie that found them.
    pub zoekactie: Option<u32>,
    /// How many they are, by the record.
    pub aantal: u64,
    /// Of what was found relevant, that which is not in the index any more.
    pub verdwenen: Vec<DocId>,
    /// Documents that were put with a deelbesluit or belanghebbende and are not relevant any more: they are left out.
    pub niet_relevant: u64,
    uit: Uit,
    weg: Weg,
}

enum Uit {
    /// All hits on the state of the index of the record.
    Vraag(Search),
    /// The hits that the record lists, on a later state of the index.
    Lijst(Search, Vec<Member>),
    /// These.
    Stukken(Vec<DocId>),
}

impl Verzameling {
    /// These documents, by source and path; those that are not in the index any more apart.
    pub fn of_documents(
        snapshot: Arc<dyn Snapshot>,
        ids: Vec<DocId>,
        weg: Weg,
    ) -> Result<Self, Problem> {
        let aantal = ids.len() as u64;
        let (here, gone) = by_place(&*snapshot, ids)?;
        Ok(Verzameling {
            uit: Uit::Stukken(here),
            snapshot,
            zoekactie: None,
            aantal,
            verdwenen: gone,
            niet_relevant: 0,
            weg,
        })
    }

    /// The same, counting only those that are in the index.
    #[must_use]
    pub fn without_gone(self) -> Self {
        Verzameling {
            aantal: self.aantal - self.verdwenen.len() as u64,
            verdwenen: Vec::new(),
            ..self
        }
    }

    /// What who makes an export of it must know of what is not in it.
    pub fn waarschuwing(&self) -> Option<String> {
        (self.niet_relevant > 0).then(|| {
            let documents = count(
                self.niet_relevant,
                "document is niet meer relevant en staat",
                "documenten zijn niet meer relevant en staan",
            );
            format!("{documents} er niet in")
        })
    }

    /// Hands over every document and gives their number.
    pub fn each(
        &self,
        mut each: impl FnMut(Document) -> Result<(), Problem>,
    ) -> Result<u64, Problem> {
        let mut count = 0;
        let mut one = |document: Document| {
            if self.weg.load(Ordering::Relaxed) {
                return Err(Problem::fault("nobody waits for this export any more"));
            }
            count += 1;
            each(document)
        };
        match &self.uit {
            Uit::Vraag(search) => self.hits(search, &mut one)?,
            Uit::Lijst(search, members) => self.hits(search, &mut |document| match members
                .binary_search(&member(&document))
            {
                Ok(_) => one(document),
                Err(_) => Ok(()),
            })?,
            Uit::Stukken(ids) => {
                for id in ids {
                    if let Some(document) = self.snapshot.doc(*id)? {
                        one(document)?;
                    }
                }
            }
        }
        Ok(count)
    }

    fn hits(
        &self,
        search: &Search,
        one: &mut dyn FnMut(Document) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut wrong = None;
        self.snapshot
            .each(search, Sort::Pad, &mut |document| match one(document) {
                Ok(()) => Ok(true),
                Err(problem) => {
                    wrong = Some(problem);
                    Ok(false)
                }
            })?;
        wrong.map_or(Ok(()), Err)
    }

    /// Refuses another number of documents than the record tells.
    pub fn must_be_whole(&self, found: u64) -> Result<(), Problem> {
        if found == self.aantal {
            return Ok(());
        }
        let (recorded, found) = (number(self.aantal), number(found));
        let detail = match self.zoekactie {
            Some(nummer) => format!(
                "Zoekactie {nummer} vond {recorded} documenten; daarvan zijn er nu {found} ongewijzigd voor u te \
                 vinden. Doe de zoekactie opnieuw en kies die."
            ),
            None => format!(
                "Er zijn {recorded} documenten vastgelegd; daarvan zijn er nu {found} voor u te vinden."
            ),
        };
        Err(Problem::new(Kind::StandVerlopen, detail))
    }
}

/// Of what somebody sees now that which the zoekactie searched: what came within reach since then was not.
pub fn searched_part(
    app: &App,
    zicht: &Zicht,
    actie: &Zoekactie,
    snapshot: Arc<dyn Snapshot>,
) -> Result<Arc<dyn Snapshot>, Problem> {
    let verslag = &actie.verslag;
    match zicht.scope().bronnen() {
        Some(now) if !(verslag.buiten_machtiging.is_empty() && verslag.delen.is_empty()) => {
            let then = now
                .keys()
                .filter(|bron| !verslag.buiten_machtiging.contains(bron));
            let then = app.store.scope_then(then, &verslag.delen)?;
            Ok(snapshot.within(&then)?)
        }
        _ => Ok(snapshot),
    }
}

/// Without what is shown once: a list has every document that counts.
fn whole(search: &Search) -> Search {
    Search {
        collapse: Collapse::Geen,
        ..search.clone()
    }
}

impl App {
    /// The documents that `keuze` means, as far as they exist for who asks.
    pub fn verzameling(
        &self,
        zicht: &Zicht,
        keuze: &Keuze,
        weg: Weg,
    ) -> Result<Verzameling, Problem> {
        match keuze {
            Keuze::Zoekactie(nummer) => {
                let actie = self.store.zoekactie(&zicht.zaak.id, *nummer)?;
                let missing = || Problem::not_found("Deze zoekactie bestaat niet.");
                self.found_by_actie(zicht, &actie.ok_or_else(missing)?, weg)
            }
            Keuze::Zoekopdracht(id) => {
                let actie = self.actie_now(zicht, id)?;
                self.found_by_actie(zicht, &actie, weg)
            }
            Keuze::Relevant => self.found_relevant(zicht, weg),
            Keuze::Deel(deel) => self.found_deel(zicht, *deel, weg),
        }
    }

    fn found_by_actie(
        &self,
        zicht: &Zicht,
        actie: &Zoekactie,
        weg: Weg,
    ) -> Result<Verzameling, Problem> {
        let verslag = &actie.verslag;
        let search = whole(&self.search_again(verslag)?);
        let snapshot = self.snapshot(zicht)?;
        let same_state = snapshot.id() == verslag.stand;
        let snapshot = searched_part(self, zicht, actie, snapshot)?;
        let uit = match same_state {
            true => Uit::Vraag(search),
            false => Uit::Lijst(search, self.recorded_list(zicht, actie)?),
        };
        Ok(Verzameling {
            snapshot,
            zoekactie: Some(actie.nummer),
            aantal: verslag.totaal,
            verdwenen: Vec::new(),
            niet_relevant: 0,
            uit,
            weg,
        })
    }

    /// The list of what a zoekactie found, as it was kept.
    pub fn recorded_list(&self, zicht: &Zicht, actie: &Zoekactie) -> Result<Vec<Member>, Problem> {
        let nummer = actie.nummer;
        let not_counted = |why: &str| {
            let detail = format!("De lijst van zoekactie {nummer} is er niet: {why}.");
            Problem::refused(detail)
        };
        let telling = actie.telling.as_ref();
        let telling = telling.ok_or_else(|| not_counted("het tellen is nog bezig"))?;
        if let Some(why) = &telling.gemist {
            return Err(not_counted(why));
        }
        let path = results_file(&self.folder, &zicht.zaak.id, nummer);
        load_results(&path, &telling.uitkomst).map_err(Problem::fault)
    }

    /// The zoekactie of a stored search on the newest state of the index; done and recorded when it was not.
    fn actie_now(&self, zicht: &Zicht, id: &str) -> Result<Zoekactie, Problem> {
        let missing = || Problem::not_found("Deze zoekopdracht bestaat niet.");
        let stored = self.store.get(id)?;
        let stored = stored
            .filter(|stored| stored.zaak() == zicht.zaak.id)
            .ok_or_else(missing)?;
        let search = self.search_of(&stored)?;
        let (snapshot, begun) = (self.snapshot(zicht)?, Timestamp::now());
        let done = Done {
            stored: &stored,
            search: &search,
            plan: &snapshot.plan(&search)?,
            counts: snapshot.count(&search)?,
            begun,
        };
        self.record_search(zicht, &snapshot, &done)?;
        let stand = snapshot.id();
        let all = self.store.zoekacties(&zicht.zaak.id)?.into_iter();
        let mut same =
            all.filter(|actie| actie.zoekopdracht == stored.id && actie.verslag.stand == stand);
        same.next().ok_or_else(missing)
    }

    fn found_relevant(&self, zicht: &Zicht, weg: Weg) -> Result<Verzameling, Problem> {
        let snapshot = self.snapshot(zicht)?;
        let ids = relevant(&self.store, zicht)?;
        if ids.is_empty() {
            let detail = "In deze zaak is nog geen document als relevant geschift.";
            return Err(Problem::refused(detail));
        }
        Verzameling::of_documents(snapshot, ids, weg)
    }

    /// What belongs to a deelbesluit or belanghebbende and is relevant: all of it, or nothing for who may not see all.
    fn found_deel(&self, zicht: &Zicht, deel: Deel, weg: Weg) -> Result<Verzameling, Problem> {
        let snapshot = self.snapshot(zicht)?;
        let all = self.store.ingedeeld(&zicht.zaak.id, deel)?;
        let (relevant, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.relevant);
        if relevant
            .iter()
            .any(|one| !zicht.sees(&one.bron, one.document))
        {
            let why = format!(
                "bij {deel} horen ook documenten uit bronnen buiten uw machtiging; vraag het iemand die ze alle mag \
                 zien"
            );
            let event = zicht.did("uitvoer", deel.to_string(), json!({"reden": why}));
            self.store.log(&event.refused())?;
            let detail = crate::problem::sentence(&why);
            return Err(Problem::new(Kind::GeenMachtiging, detail));
        }
        if relevant.is_empty() {
            let detail = format!("Bij {deel} hoort nog geen relevant document.");
            return Err(Problem::refused(detail));
        }
        let ids = relevant.iter().map(|one| one.document).collect();
        Ok(Verzameling {
            niet_relevant: other
                .iter()
                .filter(|one| zicht.sees(&one.bron, one.document))
                .count() as u64,
            ..Verzameling::of_documents(snapshot, ids, weg)?
        })
    }
}

/// The same documents by source and path, each family together; and those that are not in the index any more.
pub fn by_place(
    snapshot: &dyn Snapshot,
    ids: Vec<DocId>,
) -> Result<(Vec<DocId>, Vec<DocId>), IndexError> {
    let (mut placed, mut gone) = (Vec::with_capacity(ids.len()), Vec::new());
    for id in ids {
        match snapshot.doc(id)? {
            Some(document) => {
                placed.push((document.bron, document.place.path, document.ordinal, id));
            }
            None => gone.push(id),
        }
    }
    placed.sort_unstable();
    let here = placed.into_iter().map(|(_, _, _, id)| id).collect();
    Ok((here, gone))
}
