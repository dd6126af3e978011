//! Cases on which nobody works who can log in: those of before the first account, and those of people who left. A
//! regisseur takes such a case over. Never lets anybody into a case on which somebody works.

use super::{COLUMNS, Zaak, zaak};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use rusqlite::OptionalExtension;
use serde_json::json;

/// Of the table `zaak`: nobody works on it who can log in.
const LEFT: &str =
    "lokaal = 0 AND NOT EXISTS (SELECT 1 FROM zaak_lid JOIN gebruiker g ON g.id = gebruiker
    WHERE zaak = zaak.id AND g.uit = 0)";

impl Store {
    /// The cases on which nobody works, for who may take one over; the newest first.
    pub fn zaken_left(&self, actor: &Actor) -> Result<Vec<Zaak>, StoreError> {
        if actor.is_local() || !actor.is_any(&[Rol::Regisseur]) {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT {COLUMNS} FROM zaak WHERE {LEFT} ORDER BY gemaakt DESC, id");
        let connection = self.connection();
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], zaak)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Lets `actor` take part in a case on which nobody works; `None` when there is no such case.
    fn take_over(&self, actor: &Actor, id: &str) -> Result<Option<Zaak>, StoreError> {
        if actor.is_local() {
            return Err(StoreError::refused(
                "zonder accounts is elke zaak al van deze computer",
            ));
        }
        self.change(|change| {
            let sql = format!("SELECT {COLUMNS} FROM zaak WHERE id = ? AND {LEFT}");
            let Some(zaak) = change.query_row(&sql, [id], zaak).optional()? else {
                return Ok(None);
            };
            change.execute("INSERT INTO zaak_lid VALUES (?, ?)", [id, &actor.id])?;
            change.log(&zaak.did(actor, "zaak.overgenomen", &actor.id, json!({})))?;
            Ok(Some(zaak))
        })
    }
}

impl App {
    /// Lets a regisseur take over a case on which nobody works. What is refused is recorded.
    ///
    /// # Errors
    /// The same for a case on which somebody works and for one that does not exist.
    pub fn take_over(&self, actor: &Actor, id: &str) -> Result<Zaak, Problem> {
        self.must_be(actor, &[Rol::Regisseur])?;
        if let Some(zaak) = self.store.take_over(actor, id)? {
            return Ok(zaak);
        }
        let event = crate::audit::Event::done(actor, "zaak.overgenomen", &actor.id, json!({}));
        let zaak = id.to_owned();
        self.store
            .log(&crate::audit::Event { zaak, ..event }.refused())?;
        Err(Problem::not_found(
            "Deze zaak bestaat niet, of er werkt al iemand aan.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::http::tests::site;
    use crate::mensen::{Actor, Rol, Via};
    use crate::zaken::{Intake, Soort};
    use jiff::civil::date;
    use std::collections::BTreeSet;

    #[test]
    fn a_case_of_before_the_first_account_is_taken_over_once_and_by_a_regisseur() {
        let site = site(0);
        let store = &site.app.store;
        let local = Actor::local(Via::Opdracht);
        let intake = Intake {
            nummer: "2026-7".into(),
            soort: Soort::WooVerzoek,
            titel: "Kade".into(),
            verzoek: "Alles over de kade".into(),
            verzoeker: String::new(),
            ontvangen: date(2026, 11, 2),
        };
        let zaak = store.open_zaak(&local, &intake).expect("opened");
        assert_eq!(store.zaken_left(&local).expect("asked"), []);
        assert!(site.app.take_over(&local, &zaak.id).is_err());
        let person = |name: &str, role| {
            let roles = BTreeSet::from([role]);
            let made = store.add_account(name, name, "lang genoeg ww", &roles, &local);
            Actor::of(made.expect("made"), Via::Web)
        };
        let els = person("els", Rol::Informatiespecialist);
        let (rik, ria) = (person("rik", Rol::Regisseur), person("ria", Rol::Regisseur));
        assert_eq!(store.zaken_left(&els).expect("asked"), []);
        assert!(site.app.take_over(&els, &zaak.id).is_err());
        assert!(site.app.zaak_of(&rik, &zaak.id).is_err(), "not yet his");
        let left = store.zaken_left(&rik).expect("asked");
        assert_eq!(left, std::slice::from_ref(&zaak));
        site.app.take_over(&rik, &zaak.id).expect("taken over");
        assert!(site.app.zaak_inside(&rik, &zaak.id).is_ok());
        assert_eq!(store.zaken_left(&ria).expect("asked"), []);
        assert!(site.app.take_over(&ria, &zaak.id).is_err());
        // Nobody is left when the only one who worked on it cannot log in any more.
        store.switch_account(&local, &rik.id, false).expect("off");
        site.app.take_over(&ria, &zaak.id).expect("taken over");
        let outcomes: Vec<_> = store
            .audit_entries("zaak.overgenomen")
            .expect("trail")
            .into_iter()
            .map(|entry| (entry.zaak == zaak.id, entry.object))
            .collect();
        assert_eq!(outcomes, [(true, rik.id), (true, ria.id)]);
    }

    #[test]
    fn the_local_case_is_nobodys() {
        let site = site(0);
        let store = &site.app.store;
        let roles = BTreeSet::from([Rol::Regisseur]);
        let local = Actor::local(Via::Opdracht);
        let made = store.add_account("rik", "Rik", "lang genoeg ww", &roles, &local);
        let rik = Actor::of(made.expect("made"), Via::Web);
        assert_eq!(store.zaken_left(&rik).expect("asked"), []);
        assert!(site.app.take_over(&rik, crate::zaken::LOCAL).is_err());
    }
}
