//! Changing accounts: roles, passwords, off and on. Nobody changes what he may do himself, and one beheerder autorisatie
//! always stays. What is refused is recorded too. Never checks who asks: that is `App::manages_accounts`.

use super::{Account, Actor, Rol};
use crate::audit::Event;
use crate::mensen::accounts::{COLUMNS, account, hashed, with_roles};
use crate::mensen::organisatie::{not_by_groups, not_of_provider};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Change, Store, StoreError};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who manages accounts.
pub const MANAGES: [Rol; 1] = [Rol::BeheerderAutorisatie];
/// Who sees which accounts there are: a regisseur chooses from them who works on a case.
pub const SEES: [Rol; 3] = [Rol::BeheerderAutorisatie, Rol::Regisseur, Rol::Auditor];

impl App {
    /// Refuses who does not manage accounts; the refusal is recorded. The first account is made on the command line, by
    /// whoever owns the state folder: it closes the pages for everybody else.
    pub fn manages_accounts(&self, actor: &Actor) -> Result<(), Problem> {
        self.must_be(actor, &MANAGES)?;
        match actor.is_local() {
            true => Err(StoreError::refused(
                "het eerste account maakt u op de opdrachtregel: zoekenvind gebruiker maak",
            )
            .into()),
            false => Ok(()),
        }
    }
}

impl Store {
    /// The account with this name to log in.
    pub fn account_named(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM gebruiker WHERE inlognaam = ?");
        let found = self.connection().query_row(&sql, [login.trim()], account);
        found.optional()?.map(with_roles).transpose()
    }

    /// Gives somebody a new password and ends their sessions.
    pub fn set_password(&self, actor: &Actor, id: &str, password: &str) -> Result<(), StoreError> {
        let hash = hashed(self, password)?;
        self.manage((actor, "account.wachtwoord"), id, |change, account| {
            not_of_provider(change, &account.id)?;
            let sql = "UPDATE gebruiker SET wachtwoord = ? WHERE id = ?";
            change.execute(sql, [&hash, &account.id])?;
            end_sessions(change, account)?;
            Ok(json!({}))
        })
    }

    /// Gives somebody exactly these roles.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for one's own roles, and when nobody would be left who manages accounts.
    pub fn set_roles(
        &self,
        actor: &Actor,
        id: &str,
        roles: &BTreeSet<Rol>,
    ) -> Result<(), StoreError> {
        self.manage((actor, "account.rollen"), id, |change, account| {
            if account.id == actor.id {
                return Err(StoreError::refused("niemand wijzigt zijn eigen rollen"));
            }
            not_by_groups(change, &account.id)?;
            let sql = "UPDATE gebruiker SET rollen = ? WHERE id = ?";
            change.execute(sql, params![serde_json::to_string(roles)?, account.id])?;
            Ok(json!({"was": account.rollen, "wordt": roles}))
        })
    }

    /// Lets somebody log in no more, and ends their sessions; or lets them log in again.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it is so already, and when nobody would be left who manages accounts.
    pub fn switch_account(&self, actor: &Actor, id: &str, on: bool) -> Result<(), StoreError> {
        let actie = if on { "account.aan" } else { "account.uit" };
        self.manage((actor, actie), id, |change, account| {
            if account.uit != on {
                let state = if on { "aan" } else { "uit" };
                return Err(StoreError::refused(format!("dit account staat al {state}")));
            }
            let sql = "UPDATE gebruiker SET uit = ? WHERE id = ?";
            change.execute(sql, params![!on, account.id])?;
            end_sessions(change, account)?;
            Ok(json!({}))
        })
    }

    /// Changes an account and records it.
    pub(super) fn manage(
        &self,
        (actor, actie): (&Actor, &str),
        id: &str,
        work: impl FnOnce(&Change<'_>, &Account) -> Result<Value, StoreError>,
    ) -> Result<(), StoreError> {
        self.change(|change| {
            let sql = format!("SELECT {COLUMNS} FROM gebruiker WHERE id = ?");
            let found = change.query_row(&sql, [id], account).optional()?;
            let before = with_roles(found.ok_or(StoreError::Missing("dit account bestaat niet"))?)?;
            let gegevens = work(change, &before)?;
            if is_manager(&before) && !has_manager(change)? {
                return Err(StoreError::refused(
                    "dit is de laatste beheerder autorisatie; geef eerst iemand anders die rol",
                ));
            }
            change.log(&Event::done(actor, actie, id, gegevens))
        })
    }
}

/// Logs somebody out everywhere.
pub(super) fn end_sessions(change: &Change<'_>, account: &Account) -> Result<(), StoreError> {
    change.execute("DELETE FROM sessie WHERE gebruiker = ?", [&account.id])?;
    Ok(())
}

fn is_manager(account: &Account) -> bool {
    !account.uit && MANAGES.iter().any(|role| account.rollen.contains(role))
}

fn has_manager(change: &Change<'_>) -> Result<bool, StoreError> {
    let mut statement = change.prepare(&format!("SELECT {COLUMNS} FROM gebruiker"))?;
    for row in statement.query_map([], account)? {
        if is_manager(&with_roles(row?)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::Via;

    struct Office {
        store: Store,
        gea: Actor,
        els: Actor,
        _folder: tempfile::TempDir,
    }

    fn office() -> Office {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let person = |name: &str, role| {
            let (roles, local) = (BTreeSet::from([role]), Actor::local(Via::Opdracht));
            let made = store.add_account(name, name, "lang genoeg ww", &roles, &local);
            Actor::of(made.expect("made"), Via::Web)
        };
        Office {
            gea: person("gea", Rol::BeheerderAutorisatie),
            els: person("els", Rol::Informatiespecialist),
            store,
            _folder: folder,
        }
    }

    fn refused(result: Result<(), StoreError>) -> bool {
        matches!(result, Err(StoreError::Refused(_)))
    }

    #[test]
    fn roles_change_at_once_and_nobody_changes_his_own() {
        let Office {
            store, gea, els, ..
        } = office();
        let account = store.account(&els.id).expect("asked").expect("els");
        let key = store.open_session(&account, Via::Web).expect("opened").key;
        let jurist = BTreeSet::from([Rol::WooJurist]);
        store.set_roles(&gea, &els.id, &jurist).expect("changed");
        let now = store.session(&key).expect("asked").expect("still there");
        assert_eq!(now.account.rollen, jurist);
        let more = BTreeSet::from([Rol::BeheerderAutorisatie, Rol::WooJurist]);
        assert!(refused(store.set_roles(&gea, &gea.id, &more)));
        let known = store.account(&gea.id).expect("asked").expect("gea");
        assert_eq!(known.rollen, gea.rollen);
        assert!(matches!(
            store.set_roles(&gea, "niemand", &more),
            Err(StoreError::Missing(_))
        ));
    }

    #[test]
    fn the_last_who_manages_accounts_stays() {
        let Office {
            store, gea, els, ..
        } = office();
        let local = Actor::local(Via::Opdracht);
        assert!(refused(store.switch_account(&gea, &gea.id, false)));
        assert!(refused(store.switch_account(&local, &gea.id, false)));
        assert!(refused(store.set_roles(&local, &gea.id, &BTreeSet::new())));
        store
            .set_roles(&gea, &els.id, &BTreeSet::from(MANAGES))
            .expect("a second");
        store.switch_account(&gea, &gea.id, false).expect("off");
        // Who is off does not count.
        assert!(refused(store.switch_account(&local, &els.id, false)));
        store.switch_account(&local, &gea.id, true).expect("on");
        store.switch_account(&local, &els.id, false).expect("off");
    }

    #[test]
    fn of_two_who_switch_each_other_off_at_once_one_stays() {
        for _ in 0..5 {
            let Office {
                store, gea, els, ..
            } = office();
            let local = Actor::local(Via::Opdracht);
            store
                .set_roles(&local, &els.id, &BTreeSet::from(MANAGES))
                .expect("a second");
            let start = std::sync::Barrier::new(2);
            let both = [(&gea, &els.id), (&els, &gea.id)];
            let done = std::thread::scope(|scope| {
                let threads = both.map(|(actor, other)| {
                    let (store, start) = (&store, &start);
                    scope.spawn(move || {
                        start.wait();
                        store.switch_account(actor, other, false)
                    })
                });
                threads.map(|thread| thread.join().expect("joined"))
            });
            assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{done:?}");
        }
    }

    #[test]
    fn a_new_password_and_switching_off_end_all_sessions() {
        let Office {
            store, gea, els, ..
        } = office();
        let account = store.account_named(" ELS ").expect("asked").expect("els");
        let open = || store.open_session(&account, Via::Web).expect("opened").key;
        let (one, two) = (open(), open());
        let lasts = |key: &str| store.session(key).expect("asked").is_some();
        assert!(lasts(&one) && lasts(&two));
        store
            .set_password(&gea, &els.id, "een ander wachtwoord")
            .expect("changed");
        assert!(!lasts(&one) && !lasts(&two));
        let logs_in = |password: &str| store.check_password("els", password).expect("asked");
        assert_eq!(logs_in("lang genoeg ww"), None);
        assert!(logs_in("een ander wachtwoord").is_some());
        let short = store.set_password(&gea, &els.id, "kort");
        assert!(matches!(short, Err(StoreError::Refused(_))));
        let three = open();
        store.switch_account(&gea, &els.id, false).expect("off");
        assert!(!lasts(&three) && logs_in("een ander wachtwoord").is_none());
        assert!(refused(store.switch_account(&gea, &els.id, false)));
        store.switch_account(&gea, &els.id, true).expect("on");
        assert!(!lasts(&three), "on again is not logged in again");
        assert!(logs_in("een ander wachtwoord").is_some());
    }
}
