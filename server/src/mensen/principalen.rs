//! What an account is on the drives of the sources: its principals, by who said so. Owns keeping them and remembering
//! them between requests; a login provider hands over its own list. Never decides what somebody may see.

use super::{Account, Actor};
use crate::audit::Event;
use crate::mensen::beheer::MANAGES;
use crate::state::App;
use crate::store::{Change, Store, StoreError};
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use zv_shared::Principals;

/// The list that a beheerder autorisatie keeps; a login provider has a name of its own.
pub const BEHEER: &str = "beheerder";
/// Who has an account in a Windows domain is this, too: "Authenticated Users".
const DOMAIN_USERS: &str = "sid:S-1-5-11";
/// So many principals fit on a list.
const MOST: usize = 50_000;
/// Accounts of which the principals are remembered.
const KEPT: usize = 1_000;

/// Principals of accounts that asked lately, with what tells whether they are still those.
#[derive(Default)]
pub struct Remembered(Mutex<HashMap<String, (String, Principals)>>);

fn whole(names: impl IntoIterator<Item = String>) -> Principals {
    let mut names: BTreeSet<String> = names.into_iter().collect();
    if names.iter().any(|name| name.starts_with("sid:")) {
        names.insert(DOMAIN_USERS.to_owned());
    }
    Principals::new(names)
}

impl App {
    /// Everything that an account is now.
    pub fn principals(&self, account: &str) -> Result<Principals, StoreError> {
        let stand = self.store.principals_stand(account)?;
        let lock = || {
            self.principals
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some((known, principals)) = lock().get(account)
            && *known == stand
        {
            return Ok(principals.clone());
        }
        let lists = self.store.principals(account)?;
        let principals = whole(lists.into_values().flatten());
        let mut kept = lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(account.to_owned(), (stand, principals.clone()));
        Ok(principals)
    }
}

impl Store {
    /// Replaces what a beheerder autorisatie says that an account is.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for who has not the role, and for one's own account.
    pub fn give_principals(
        &self,
        actor: &Actor,
        account: &str,
        lijst: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&MANAGES) {
            return Err(StoreError::refused(
                "alleen een beheerder autorisatie bepaalt wat iemand op de schijven is",
            ));
        }
        if actor.id == account {
            return Err(StoreError::refused(
                "niemand geeft zichzelf rechten op bestanden",
            ));
        }
        self.set_principals((actor, account), BEHEER, lijst)
    }

    /// Replaces what `herkomst` says that an account is, such as a login provider at each login. Whoever calls this has
    /// made sure that it may be said.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a list that is none.
    pub fn set_principals(
        &self,
        (actor, account): (&Actor, &str),
        herkomst: &str,
        lijst: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        check(herkomst, lijst)?;
        let known = self.account(account)?;
        let Account { id, .. } = known.ok_or(StoreError::Missing("dit account bestaat niet"))?;
        let text = serde_json::to_string(lijst)?;
        let kenmerk = Principals::new(lijst.iter().cloned()).key();
        self.change(|change| {
            let before = before(change, &id, herkomst)?;
            if before.as_deref().unwrap_or_default() == kenmerk {
                return Ok(());
            }
            change.execute(
                "INSERT OR REPLACE INTO principaal VALUES (?, ?, ?, ?)",
                params![id, herkomst, text, kenmerk],
            )?;
            // Names of groups tell about a person: the trail keeps them for ever.
            let gegevens = json!({
                "herkomst": herkomst, "aantal": lijst.len(), "was": before, "wordt": kenmerk,
            });
            change.log(&Event::done(actor, "account.principalen", &id, gegevens))
        })
    }

    /// What an account is, by who said so.
    pub fn principals(
        &self,
        account: &str,
    ) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT herkomst, lijst FROM principaal WHERE gebruiker = ?")?;
        let rows =
            statement.query_map([account], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        let mut lists = BTreeMap::new();
        for row in rows {
            let (herkomst, lijst) = row?;
            lists.insert(herkomst, serde_json::from_str(&lijst)?);
        }
        Ok(lists)
    }

    /// Tells whether what an account is, is still the same.
    fn principals_stand(&self, account: &str) -> Result<String, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT group_concat(herkomst || ' ' || kenmerk, char(10)) FROM
                (SELECT herkomst, kenmerk FROM principaal WHERE gebruiker = ? ORDER BY herkomst)",
        )?;
        let stand: Option<String> = statement.query_row([account], |row| row.get(0))?;
        Ok(stand.unwrap_or_default())
    }

    /// The principals with which something was searched, by what its record names.
    pub fn principals_then(&self, kenmerk: &str) -> Result<Option<Principals>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT lijst FROM principaal_toen WHERE kenmerk = ?")?;
        let text: Option<String> = statement
            .query_row([kenmerk], |row| row.get(0))
            .optional()?;
        let names: Option<Vec<String>> =
            text.map(|text| serde_json::from_str(&text)).transpose()?;
        Ok(names.map(Principals::new))
    }
}

/// Keeps principals with which something is searched, so that it can be done again.
pub fn keep_then(change: &Change<'_>, principals: &Principals) -> Result<(), StoreError> {
    change.execute(
        "INSERT OR IGNORE INTO principaal_toen VALUES (?, ?)",
        params![principals.key(), serde_json::to_string(principals.names())?],
    )?;
    Ok(())
}

fn before(change: &Change<'_>, id: &str, herkomst: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT kenmerk FROM principaal WHERE gebruiker = ? AND herkomst = ?";
    let found = change.query_row(sql, [id, herkomst], |row| row.get(0));
    Ok(found.optional()?)
}

fn check(herkomst: &str, lijst: &BTreeSet<String>) -> Result<(), StoreError> {
    if lijst.len() > MOST {
        return Err(StoreError::refused(format!(
            "meer dan {MOST} groepen kan niet"
        )));
    }
    let wrong = |name: &&String| {
        name.trim() != name.as_str() || !name.contains(':') || name.contains(char::is_control)
    };
    if let Some(name) = lijst.iter().find(wrong) {
        return Err(StoreError::refused(format!(
            "{name:?} is geen gebruiker of groep; schrijf bijvoorbeeld sid:S-1-5-…, uid:1000, gid:100 of bron:Archief"
        )));
    }
    // The group of a source sees what nobody else may: that is said here and nowhere else.
    let of_source = |name: &String| name.starts_with("bron:");
    if herkomst != BEHEER && lijst.iter().any(of_source) {
        return Err(StoreError::refused(
            "alleen een beheerder autorisatie zet iemand in de groep van een bron",
        ));
    }
    Ok(())
}
