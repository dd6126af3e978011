//! Erasing somebody's name: the account and the name beside the audit trail get a pseudonym, and nobody logs in with it
//! any more. What they did stays, under the same key: the trail does not change. Never erases what somebody did.

use super::{Actor, Rol};
use crate::audit::Event;
use crate::store::{Store, StoreError};
use crate::zaken::filled;
use jiff::Timestamp;
use rusqlite::params;
use serde_json::json;

impl Store {
    /// Erases the name of an account; gives the pseudonym.
    ///
    /// # Errors
    /// [`StoreError::Refused`] without the role for it, for oneself, or when the name was erased already.
    pub fn forget(&self, actor: &Actor, account: &str, reason: &str) -> Result<String, StoreError> {
        let reason = filled(reason, "de reden", 1_000)?;
        if !actor.is_any(&[Rol::BeheerderAutorisatie]) {
            return Err(StoreError::refused(
                "alleen een beheerder autorisatie wist een naam",
            ));
        }
        if actor.id == account {
            return Err(StoreError::refused(
                "uw eigen naam wist een andere beheerder",
            ));
        }
        let known = self.account(account)?;
        let known = known.ok_or(StoreError::Missing("dit account bestaat niet"))?;
        let pseudonym = self.change(|change| {
            let done = "SELECT EXISTS (SELECT 1 FROM vergeten WHERE gebruiker = ?)";
            if change.query_row(done, [account], |row| row.get(0))? {
                return Err(StoreError::refused("de naam van dit account is al gewist"));
            }
            change.execute(
                "INSERT INTO vergeten (gebruiker, door, wanneer) VALUES (?, ?, ?)",
                params![account, actor.id, Timestamp::now().to_string()],
            )?;
            let pseudonym = format!("persoon {}", change.last_insert_rowid());
            change.execute(
                "UPDATE gebruiker SET inlognaam = id, naam = ?, wachtwoord = '', uit = 1 WHERE id = ?",
                [&pseudonym, account],
            )?;
            for table in ["sessie", "organisatie_account", "principaal", "tweede_stap", "herstelcode"] {
                change.execute(&format!("DELETE FROM {table} WHERE gebruiker = ?"), [account])?;
            }
            // Of somebody else with the same name nothing is erased.
            change.execute(
                "UPDATE bekeken SET wie = ?1 WHERE wie = ?2 AND NOT EXISTS
                 (SELECT 1 FROM gebruiker WHERE naam = ?2)",
                [&pseudonym, &known.naam],
            )?;
            let event = Event::done(
                actor,
                "persoon.vergeten",
                account,
                json!({"pseudoniem": pseudonym}),
            );
            change.log(&event.explained(reason))?;
            Ok(pseudonym)
        })?;
        self.finish_forgetting()?;
        self.write_back()?;
        Ok(pseudonym)
    }

    /// Makes the names beside the trail those of the accounts. A program that was killed may have left that undone.
    pub(crate) fn finish_forgetting(&self) -> Result<(), StoreError> {
        for account in self.accounts()? {
            let trail = self.trail();
            let known = trail.name_of(&account.id).map_err(StoreError::Trail)?;
            match known {
                None => trail.name(&account.id, &account.naam),
                Some(name) if name != account.naam => {
                    trail.forget(&account.id, &account.naam).map(|_| ())
                }
                Some(_) => Ok(()),
            }
            .map_err(StoreError::Trail)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::{Account, Via};
    use crate::store::spoor::{Blik, Filter};
    use std::collections::BTreeSet;
    use std::path::Path;

    fn account(store: &Store, login: &str, name: &str) -> Account {
        let local = Actor::local(Via::Opdracht);
        let roles = BTreeSet::from([Rol::BeheerderAutorisatie]);
        store
            .add_account(login, name, "lang genoeg ww", &roles, &local)
            .expect("made")
    }

    fn holds(folder: &Path, text: &str) -> Vec<String> {
        let files = std::fs::read_dir(folder).expect("list");
        let files = files.map(|file| file.expect("file").path());
        let found = files.filter(|file| {
            let bytes = std::fs::read(file).expect("read");
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        });
        found.map(|file| file.display().to_string()).collect()
    }

    #[test]
    fn a_name_that_was_erased_is_in_no_file_and_the_chain_holds() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let els = account(&store, "e.kwelder", "Els Kwelder");
        let gea = Actor::of(account(&store, "gea", "Gea"), Via::Web);
        store.open_session(&els, Via::Web).expect("session");
        let before = store.audit_head().expect("head");
        let reason = "Verzoek van Els Kwelder om te wissen";
        assert_eq!(
            store.forget(&gea, &els.id, reason).expect("erased"),
            "persoon 1"
        );
        assert_eq!(holds(folder.path(), "Els Kwelder"), [""; 0]);
        assert_eq!(holds(folder.path(), "e.kwelder"), [""; 0]);
        let checked = store.check_audit(&[before]).expect("checked");
        assert_eq!(checked.broken, None);
        let page = store
            .audit_page(&Filter::default(), Blik::Alles, None, 10)
            .expect("page");
        assert_eq!(page.regels[0].actie, "persoon.vergeten");
        assert_eq!(
            page.regels[0].toelichting.as_deref(),
            Some("Verzoek van persoon 1 om te wissen")
        );
        let opened = page
            .regels
            .iter()
            .find(|line| line.actor == els.id)
            .expect("her session");
        assert_eq!(
            (opened.actie.as_str(), opened.naam.as_str()),
            ("sessie.geopend", "persoon 1")
        );
        let gone = store
            .check_password("e.kwelder", "lang genoeg ww")
            .expect("checked");
        assert_eq!(gone, None);
    }

    #[test]
    fn who_may_not_erase_is_refused_and_nobody_is_erased_twice() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let els = account(&store, "els", "Els");
        let gea = Actor::of(account(&store, "gea", "Gea"), Via::Web);
        let nobody = Actor {
            rollen: BTreeSet::from([Rol::Regisseur]),
            ..gea.clone()
        };
        let refused = |actor: &Actor, account: &str| {
            matches!(
                store.forget(actor, account, "reden"),
                Err(StoreError::Refused(_))
            )
        };
        assert!(refused(&nobody, &els.id) && refused(&gea, &gea.id));
        assert!(matches!(
            store.forget(&gea, &els.id, " "),
            Err(StoreError::Refused(_))
        ));
        assert!(matches!(
            store.forget(&gea, "x", "reden"),
            Err(StoreError::Missing(_))
        ));
        store.forget(&gea, &els.id, "reden").expect("erased");
        assert!(refused(&gea, &els.id));
    }

    #[test]
    fn what_a_kill_left_half_erased_is_finished_at_the_next_start() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let els = account(&store, "els", "Els Kwelder");
        let gea = Actor::of(account(&store, "gea", "Gea"), Via::Web);
        store.forget(&gea, &els.id, "verzoek").expect("erased");
        // Killed before the name beside the trail was erased.
        store.trail().name(&els.id, "Els Kwelder").expect("named");
        drop(store);
        let store = Store::open(folder.path()).expect("again");
        let name = store.trail().name_of(&els.id).expect("asked");
        assert_eq!(name.as_deref(), Some("persoon 1"));
        drop(store);
        assert_eq!(holds(folder.path(), "Els Kwelder"), [""; 0]);
    }
}
