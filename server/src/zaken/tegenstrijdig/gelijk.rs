//! Making one of what contradicts itself: documents get what holds of one of them. All of them or none, and nothing that
//! its sender did not see makes way.

use super::Soort;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::toegang::Zicht;
use crate::zaken::schifting::JUDGES;
use crate::zaken::schifting::doel::{Doel, Opdracht, found};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use zv_shared::DocId;

/// Een document, met wat de afzender ervan zag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GelijkDocument)]
pub struct Lid {
    /// Kenmerk van het document.
    #[schema(value_type = String)]
    pub document: DocId,
    /// Nummer van de schifting of beoordeling die u zag.
    pub gezien: u64,
}

/// Wat gelijk moet worden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GelijkVerzoek)]
pub struct Gelijk {
    /// Of het om de schifting gaat of om de beoordeling.
    pub soort: Soort,
    /// Het document waarvan de schifting of beoordeling voor alle gaat gelden.
    pub voorbeeld: Lid,
    /// De documenten die haar krijgen.
    #[schema(min_items = 1, max_items = 1000)]
    pub andere: Vec<Lid>,
}

impl Gelijk {
    /// All documents; the one that the others follow comes last.
    fn all(&self) -> impl Iterator<Item = &Lid> {
        self.andere.iter().chain([&self.voorbeeld])
    }
}

impl App {
    /// Gives documents the schifting or beoordeling of another.
    ///
    /// # Errors
    /// [`Kind::IntussenGewijzigd`] when somebody judged one of them in between: then nothing changes.
    pub fn trek_gelijk(&self, zicht: &Zicht, wanted: &Gelijk) -> Result<(), Problem> {
        self.must_be(&zicht.actor, &JUDGES)?;
        let ids: BTreeSet<DocId> = wanted.andere.iter().map(|one| one.document).collect();
        if ids.len() != wanted.andere.len() || ids.contains(&wanted.voorbeeld.document) {
            return Err(Problem::refused("Noem elk document een keer."));
        }
        let snapshot = self.snapshot(zicht)?;
        for one in wanted.all() {
            found(&*snapshot, one.document)?;
        }
        match wanted.soort {
            Soort::Schifting => self.sift_like(zicht, wanted),
            Soort::Beoordeling => self.judge_like(zicht, wanted),
        }
    }

    fn sift_like(&self, zicht: &Zicht, wanted: &Gelijk) -> Result<(), Problem> {
        let mut value = None;
        for one in wanted.all() {
            let records = self.store.schifting_of(&zicht.zaak.id, one.document)?;
            let last = records.into_iter().next();
            self.must_be_seen(one, last.as_ref().map(|last| (last.record, &last.door)))?;
            value = last.and_then(|last| last.schifting);
        }
        let missing = || Problem::refused("Het voorbeeld is niet geschift.");
        let opdracht = Opdracht {
            doel: Doel::Selectie {
                documenten: wanted.andere.iter().map(|one| one.document).collect(),
            },
            schifting: Some(value.ok_or_else(missing)?),
            // Each has the record that its sender saw: what comes in between now has a higher number.
            gezien: wanted.all().map(|one| one.gezien).max().unwrap_or(0),
            aantal: Some(wanted.andere.len() as u64),
            overschrijven: false,
        };
        self.schift(zicht, &opdracht)?;
        Ok(())
    }

    fn judge_like(&self, zicht: &Zicht, wanted: &Gelijk) -> Result<(), Problem> {
        let mut value = None;
        for one in wanted.all() {
            let last = self.store.last_beoordeling(&zicht.zaak.id, one.document)?;
            self.must_be_seen(one, last.as_ref().map(|last| (last.record, &last.door)))?;
            value = last.map(|last| last.beoordeling);
        }
        let missing = || Problem::refused("Het voorbeeld is niet beoordeeld.");
        let others = wanted.andere.iter().map(|one| (one.document, one.gezien));
        let others: Vec<(DocId, u64)> = others.collect();
        self.beoordeel(zicht, &others, &value.ok_or_else(missing)?)?;
        Ok(())
    }

    /// Refuses when the last record of a document, with who wrote it, is not the one that was seen.
    fn must_be_seen(&self, one: &Lid, last: Option<(u64, &String)>) -> Result<(), Problem> {
        if last.map_or(0, |(record, _)| record) == one.gezien {
            return Ok(());
        }
        let names = self.store.names()?;
        let name = last.and_then(|(_, door)| names.get(door));
        let name = name.map_or("Iemand", String::as_str);
        let detail = format!(
            "{name} wijzigde een van deze documenten intussen. Er is niets gelijkgetrokken; bekijk dat eerst."
        );
        Err(Problem::new(Kind::IntussenGewijzigd, detail))
    }
}
