//! Who reads the audit trail: an auditor all of it, who works on a case what was done in it, and a beheerder who did
//! what, without what was searched or found. That somebody read it is recorded as well. Never changes a record.

use crate::audit::Event;
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::store::StoreError;
use crate::store::spoor::{Bladzijde, Blik, Filter};
use serde_json::json;

/// Who reads the trail without naming a case.
pub const LEEST: [Rol; 3] = [
    Rol::Auditor,
    Rol::BeheerderBronnen,
    Rol::BeheerderAutorisatie,
];

impl App {
    /// How much `actor` sees of the trail, or of the records of one case.
    ///
    /// # Errors
    /// A recorded refusal when that is nothing.
    pub fn blik(&self, actor: &Actor, zaak: Option<&str>) -> Result<Blik, Problem> {
        if actor.is_local() || actor.is_any(&[Rol::Auditor]) {
            return Ok(Blik::Alles);
        }
        let works_on = match zaak {
            Some(zaak) => self.store.members(zaak)?.contains(&actor.id),
            None => false,
        };
        match zaak {
            _ if works_on => Ok(Blik::Alles),
            Some(zaak) if !actor.is_any(&LEEST) => {
                self.zaak_inside(actor, zaak)?;
                Ok(Blik::Alles)
            }
            _ => {
                self.must_be(actor, &LEEST)?;
                Ok(Blik::ZonderInhoud)
            }
        }
    }

    /// A page of the trail, as far as `actor` sees it; that it was read is recorded.
    pub fn read_trail(
        &self,
        actor: &Actor,
        filter: &Filter,
        before: Option<u64>,
        count: usize,
    ) -> Result<Bladzijde, Problem> {
        let blik = self.blik(actor, filter.zaak.as_deref())?;
        let page = self.store.audit_page(filter, blik, before, count)?;
        let event = self.store.read_event(actor, filter, page.regels.len())?;
        self.store.log(&event)?;
        Ok(page)
    }
}

impl crate::store::Store {
    /// The record of reading the trail. It tells by what was filtered, never what was typed there.
    pub fn read_event(
        &self,
        actor: &Actor,
        filter: &Filter,
        count: usize,
    ) -> Result<Event, StoreError> {
        let zaak = match &filter.zaak {
            Some(zaak) => self.zaak(zaak)?.map(|zaak| zaak.id),
            None => None,
        };
        let gegevens = json!({"regels": count, "filters": filter.names()});
        let event = Event::done(actor, "auditspoor.gelezen", "", gegevens);
        Ok(Event {
            zaak: zaak.unwrap_or_default(),
            ..event
        })
    }
}

impl Filter {
    /// The names of the conditions.
    pub fn names(&self) -> Vec<&'static str> {
        let all = [
            ("zaak", self.zaak.is_some()),
            ("account", self.account.is_some()),
            ("actie", self.actie.is_some()),
            ("resultaat", self.resultaat.is_some()),
            ("van", self.van.is_some()),
            ("tot", self.tot.is_some()),
            ("tekst", self.tekst.is_some()),
        ];
        let set = all.into_iter().filter(|(_, set)| *set);
        set.map(|(name, _)| name).collect()
    }
}
