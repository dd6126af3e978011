//! The yearly look at who may what (BIO2 5.18): everybody's roles, what they are on the drives, machtigingen that hold and
//! tokens that work, who gave those and when somebody was last active; and that somebody else looked at it. Never changes
//! a right.

use super::beheer::MANAGES;
use super::tokens::Token;
use super::{Account, Actor, Rol};
use crate::audit::Event;
use crate::store::{Store, StoreError};
use crate::zaken::parsed;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde_json::json;

/// Who looks.
pub const LOOKS: [Rol; 2] = [Rol::BeheerderAutorisatie, Rol::Auditor];
/// How long a look lasts.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);
const LONGEST: usize = 1_000;

/// A machtiging that holds, or is yet to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gemachtigd {
    /// Number of the case.
    pub zaak: String,
    /// Its sources.
    pub bronnen: Vec<String>,
    /// The last day.
    pub tot: String,
    /// Key of who granted it.
    pub door: String,
}

/// That somebody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nagekeken {
    /// When.
    pub op: Timestamp,
    /// Key of who.
    pub door: String,
    /// In their words.
    pub opmerking: String,
}

/// What one account may.
#[derive(Clone, Debug)]
pub struct Rechten {
    /// Whose.
    pub account: Account,
    /// Whether it is one of the organisation.
    pub organisatie: bool,
    /// When it was made.
    pub gemaakt: Timestamp,
    /// The last record of theirs in the trail.
    pub actief: Option<Timestamp>,
    /// Users and groups that it is on the drives.
    pub principalen: usize,
    /// Machtigingen that are not over.
    pub machtigingen: Vec<Gemachtigd>,
    /// Tokens that work.
    pub tokens: Vec<Token>,
    /// The last look.
    pub nagekeken: Option<Nagekeken>,
}

impl Rechten {
    /// Whether somebody has to look at it: nobody did for a year. Who cannot log in needs no look.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let last = self.nagekeken.as_ref().map_or(self.gemaakt, |seen| seen.op);
        !self.account.uit && now.duration_since(last) > YEAR
    }
}

impl Store {
    /// What every account may now, in order of name.
    pub fn all_rights(&self) -> Result<Vec<Rechten>, StoreError> {
        let accounts = self.accounts()?.into_iter();
        accounts.map(|account| self.rights_of(account)).collect()
    }

    /// How many accounts somebody has to look at.
    pub fn overdue_rights(&self) -> Result<usize, StoreError> {
        let now = self.now();
        let all = self.all_rights()?;
        Ok(all.iter().filter(|one| one.is_overdue(now)).count())
    }

    fn rights_of(&self, account: Account) -> Result<Rechten, StoreError> {
        let id = account.id.clone();
        let now = self.now();
        let made: String = {
            let sql = "SELECT gemaakt FROM gebruiker WHERE id = ?";
            self.connection().query_row(sql, [&id], |row| row.get(0))?
        };
        let principals = self.principals(&id)?;
        let tokens = self.tokens(&id)?.into_iter();
        Ok(Rechten {
            organisatie: self.groups_of(&id)?.is_some(),
            gemaakt: parsed(&made)?,
            actief: self.trail().last_of(&id).map_err(StoreError::Trail)?,
            principalen: principals.values().map(|list| list.len()).sum(),
            machtigingen: self.granted_to(&id)?,
            tokens: tokens.filter(|token| token.works(now)).collect(),
            nagekeken: self.last_look(&id)?,
            account,
        })
    }

    fn granted_to(&self, account: &str) -> Result<Vec<Gemachtigd>, StoreError> {
        let sql = "SELECT z.nummer, m.bronnen, m.tot, m.verleend_door FROM machtiging m
            JOIN machtiging_lid l ON l.machtiging = m.id JOIN zaak z ON z.id = m.zaak
            WHERE l.gebruiker = ? AND m.ingetrokken_op IS NULL AND z.gesloten IS NULL AND m.tot >= ?
            ORDER BY z.nummer, m.tot";
        let connection = self.connection();
        let mut statement = connection.prepare_cached(sql)?;
        let today = self.today().to_string();
        let mut rows = statement.query(params![account, today])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Gemachtigd {
                zaak: row.get(0)?,
                bronnen: serde_json::from_str(&row.get::<_, String>(1)?)?,
                tot: row.get(2)?,
                door: row.get(3)?,
            });
        }
        Ok(found)
    }

    fn last_look(&self, account: &str) -> Result<Option<Nagekeken>, StoreError> {
        let sql = "SELECT wanneer, door, opmerking FROM nagekeken WHERE gebruiker = ?
            ORDER BY nummer DESC LIMIT 1";
        let connection = self.connection();
        let row = |row: &rusqlite::Row<'_>| {
            Ok(Nagekeken {
                op: parsed(&row.get::<_, String>(0)?)?,
                door: row.get(1)?,
                opmerking: row.get(2)?,
            })
        };
        Ok(connection.query_row(sql, [account], row).optional()?)
    }

    /// Records that `actor` looked at what an account may.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for one's own account, and without the role for it.
    pub fn look_at_rights(
        &self,
        actor: &Actor,
        account: &str,
        remark: &str,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&MANAGES) {
            return Err(StoreError::refused(
                "alleen een beheerder autorisatie kijkt rechten na",
            ));
        }
        if actor.id == account {
            return Err(StoreError::refused("uw eigen rechten kijkt een ander na"));
        }
        if remark.chars().count() > LONGEST {
            return Err(StoreError::refused("de opmerking is te lang"));
        }
        let known = self.account(account)?;
        known.ok_or(StoreError::Missing("dit account bestaat niet"))?;
        self.change(|change| {
            change.execute(
                "INSERT INTO nagekeken (gebruiker, door, wanneer, opmerking) VALUES (?, ?, ?, ?)",
                params![account, actor.id, change.now.to_string(), remark.trim()],
            )?;
            change.log(&Event::done(actor, "rechten.nagekeken", account, json!({})))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::Via;
    use std::collections::BTreeSet;

    #[test]
    fn after_a_year_somebody_else_has_to_look_again() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let local = Actor::local(Via::Opdracht);
        let add = |name: &str, role| {
            let roles = BTreeSet::from([role]);
            let account = store.add_account(name, name, "lang genoeg ww", &roles, &local);
            Actor::of(account.expect("made"), Via::Web)
        };
        let (gea, els) = (
            add("gea", Rol::BeheerderAutorisatie),
            add("els", Rol::WooJurist),
        );
        let rights = |of: &Actor| {
            let all = store.all_rights().expect("read");
            all.into_iter()
                .find(|one| one.account.id == of.id)
                .expect("there")
        };
        let in_days = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
        assert!(!rights(&els).is_overdue(in_days(364)) && rights(&els).is_overdue(in_days(366)));
        assert_eq!(store.overdue_rights().expect("counted"), 0);
        assert!(store.look_at_rights(&gea, &gea.id, "").is_err());
        assert!(store.look_at_rights(&els, &gea.id, "").is_err());
        store
            .look_at_rights(&gea, &els.id, " klopt ")
            .expect("looked");
        let seen = rights(&els).nagekeken.expect("seen");
        assert_eq!(
            (seen.door, seen.opmerking.as_str()),
            (gea.id.clone(), "klopt")
        );
        assert!(rights(&gea).actief.is_some(), "what they did last is known");
        store.switch_account(&local, &els.id, false).expect("off");
        assert!(!rights(&els).is_overdue(in_days(9_999)));
    }
}
