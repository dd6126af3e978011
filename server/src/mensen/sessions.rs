//! Being logged in: a random key in a cookie, known here by its hash. Ends after half an hour without a request, and
//! after ten hours in any case.

use super::{Account, Actor, Via};
use crate::audit::Event;
use crate::store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Name of the cookie. Its address is of this machine alone and without TLS: `__Host-` would not be kept.
pub const COOKIE: &str = "zv_sessie";

const IDLE: SignedDuration = SignedDuration::from_mins(30);
const LONGEST: SignedDuration = SignedDuration::from_hours(10);
/// Time between two notes that somebody is still there: a note at every request would write all day.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// A session that was just opened.
pub struct Session {
    /// What the cookie holds: 64 random hexadecimal digits.
    pub key: String,
}

impl Store {
    /// Opens a session for `account`.
    pub fn open_session(&self, account: &Account, via: Via) -> Result<Session, StoreError> {
        self.change(|change| {
            let key: String =
                change.query_row("SELECT lower(hex(randomblob(32)))", [], |row| row.get(0))?;
            let now = Timestamp::now();
            let oldest = (now - LONGEST).to_string();
            change.execute("DELETE FROM sessie WHERE begonnen < ?", [oldest])?;
            change.execute(
                "INSERT INTO sessie VALUES (?, ?, ?, ?)",
                params![hashed(&key), account.id, now.to_string(), now.to_string()],
            )?;
            let actor = Actor::of(account.clone(), via);
            change.log(&Event::done(
                &actor,
                "sessie.geopend",
                &account.id,
                json!({}),
            ))?;
            Ok(Session { key })
        })
    }

    /// Who a session belongs to, while it lasts.
    pub fn session(&self, key: &str) -> Result<Option<Account>, StoreError> {
        self.session_at(key, Timestamp::now())
    }

    fn session_at(&self, key: &str, now: Timestamp) -> Result<Option<Account>, StoreError> {
        let found: Option<(String, String, String)> = self
            .connection()
            .query_row(
                "SELECT gebruiker, begonnen, laatst FROM sessie WHERE sleutel = ?",
                [hashed(key)],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((who, begun, last)) = found else {
            return Ok(None);
        };
        let age = |since: &str| {
            since
                .parse()
                .map(|since: Timestamp| now.duration_since(since))
        };
        let (Ok(age), Ok(idle)) = (age(&begun), age(&last)) else {
            return Ok(None);
        };
        if age > LONGEST || idle > IDLE {
            return Ok(None);
        }
        if idle > NOTED {
            self.writing().execute(
                "UPDATE sessie SET laatst = ? WHERE sleutel = ?",
                params![now.to_string(), hashed(key)],
            )?;
        }
        Ok(self.account(&who)?.filter(|account| !account.uit))
    }

    /// Ends a session of `actor`.
    pub fn close_session(&self, actor: &Actor, key: &str) -> Result<(), StoreError> {
        self.change(|change| {
            let gone = change.execute("DELETE FROM sessie WHERE sleutel = ?", [hashed(key)])?;
            match gone {
                0 => Ok(()),
                _ => change.log(&Event::done(actor, "sessie.gesloten", &actor.id, json!({}))),
            }
        })
    }
}

fn hashed(key: &str) -> Vec<u8> {
    Sha256::digest(key).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_session_lasts_while_it_is_used_and_never_a_whole_day() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let account = store
            .add_account(
                "els",
                "Els",
                "lang genoeg ww",
                &BTreeSet::new(),
                &Actor::local(Via::Opdracht),
            )
            .expect("made");
        let key = store.open_session(&account, Via::Web).expect("opened").key;
        let begun = Timestamp::now();
        let after = |minutes| {
            let moment = begun + SignedDuration::from_mins(minutes);
            store.session_at(&key, moment).expect("asked").is_some()
        };
        assert!(after(29) && after(58) && !after(89), "ends when idle");
        let key = store.open_session(&account, Via::Web).expect("opened").key;
        let mut minutes = 0;
        let lasted = loop {
            minutes += 20;
            let moment = begun + SignedDuration::from_mins(minutes);
            if store.session_at(&key, moment).expect("asked").is_none() {
                break minutes;
            }
        };
        assert_eq!(lasted, 620);
        assert_eq!(store.session("0").expect("asked"), None);
        let key = store.open_session(&account, Via::Web).expect("opened").key;
        let actor = Actor::of(account, Via::Web);
        store.close_session(&actor, &key).expect("closed");
        assert_eq!(store.session(&key).expect("asked"), None);
    }
}
