//! Being logged in: a random key in a cookie, known here by its hash. Ends after half an hour without a request, and
//! after ten hours in any case.

use super::{Account, Actor, Via};
use crate::audit::Event;
use crate::store::{Change, MARGE, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Name of the cookie; behind TLS with `__Host-` before it: a browser then keeps it from other hosts and from plain HTTP.
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

impl Session {
    /// How it is known here.
    pub fn hash(&self) -> Vec<u8> {
        hashed(&self.key)
    }
}

/// A session that lasts.
#[derive(Clone, Debug)]
pub struct Open {
    /// Whose it is.
    pub account: Account,
    /// How it is known here.
    pub hash: Vec<u8>,
    /// What the provider said of it, when it was opened there.
    pub at_provider: Option<Checked>,
    /// Whether the account has a second step.
    pub second_step: bool,
}

/// When the provider last said that a session lasts.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// When.
    pub at: Timestamp,
    /// Whether it can be asked again.
    pub renews: bool,
}

/// A session as the tables have it.
struct Row {
    who: String,
    begun: String,
    last: String,
    checked: Option<String>,
    renews: Option<bool>,
    second_step: bool,
}

impl Row {
    fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Row {
            who: row.get(0)?,
            begun: row.get(1)?,
            last: row.get(2)?,
            checked: row.get(3)?,
            renews: row.get(4)?,
            second_step: row.get(5)?,
        })
    }
}

/// Puts a new session in the tables, with its record.
pub(super) fn insert_session(
    change: &Change<'_>,
    account: &Account,
    via: Via,
    wijze: &str,
) -> Result<Session, StoreError> {
    let key: String =
        change.query_row("SELECT lower(hex(randomblob(32)))", [], |row| row.get(0))?;
    let session = Session { key };
    let now = change.now;
    let oldest = (now - LONGEST).to_string();
    change.execute("DELETE FROM sessie WHERE begonnen < ?", [oldest])?;
    change.execute(
        "INSERT INTO sessie VALUES (?, ?, ?, ?)",
        params![session.hash(), account.id, now.to_string(), now.to_string()],
    )?;
    let actor = Actor::of(account.clone(), via);
    let data = json!({"wijze": wijze});
    change.log(&Event::done(&actor, "sessie.geopend", &account.id, data))?;
    Ok(session)
}

impl Store {
    /// Opens a session for `account`, whose password was right.
    pub fn open_session(&self, account: &Account, via: Via) -> Result<Session, StoreError> {
        self.change(|change| insert_session(change, account, via, "wachtwoord"))
    }

    /// Who a session belongs to, while it lasts.
    pub fn session(&self, key: &str) -> Result<Option<Open>, StoreError> {
        self.session_at(key, self.now())
    }

    fn session_at(&self, key: &str, now: Timestamp) -> Result<Option<Open>, StoreError> {
        let hash = hashed(key);
        let sql = "SELECT gebruiker, begonnen, laatst, gecontroleerd, vernieuwt, EXISTS
                (SELECT 1 FROM tweede_stap t WHERE t.gebruiker = sessie.gebruiker AND bevestigd)
            FROM sessie LEFT JOIN organisatie_sessie o ON o.sleutel = sessie.sleutel
            WHERE sessie.sleutel = ?";
        let connection = self.connection();
        let found = connection.query_row(sql, [&hash], Row::of).optional()?;
        drop(connection);
        let Some(row) = found else {
            return Ok(None);
        };
        let age = |since: &str| {
            since
                .parse()
                .map(|since: Timestamp| now.duration_since(since))
        };
        let (Ok(age), Ok(idle)) = (age(&row.begun), age(&row.last)) else {
            return Ok(None);
        };
        // One of a time that is yet to come was opened by a clock that was wrong.
        if age > LONGEST || idle > IDLE || age < -MARGE {
            return Ok(None);
        }
        if idle > NOTED {
            let sql = "UPDATE sessie SET laatst = ? WHERE sleutel = ?";
            let noted = self.writing().execute(sql, params![now.to_string(), hash]);
            if let Err(error) = noted {
                // On a full disk one can go on reading; the session ends the sooner.
                tracing::warn!(%error, "that somebody is still there could not be noted");
            }
        }
        let at_provider = match (row.checked, row.renews) {
            (Some(at), Some(renews)) => Some(Checked {
                // What cannot be read was long ago.
                at: at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
                renews,
            }),
            _ => None,
        };
        let account = self.account(&row.who)?.filter(|account| !account.uit);
        Ok(account.map(|account| Open {
            account,
            hash,
            at_provider,
            second_step: row.second_step,
        }))
    }

    /// Ends a session that may not last, for a reason that is recorded.
    pub(super) fn end_session(&self, session: &Open, reason: &str) -> Result<(), StoreError> {
        self.change(|change| {
            let sql = "DELETE FROM sessie WHERE sleutel = ?";
            match change.execute(sql, [&session.hash])? {
                0 => Ok(()),
                _ => change.log(&Event::done(
                    &Actor::program(),
                    "sessie.beeindigd",
                    &session.account.id,
                    json!({"reden": reason}),
                )),
            }
        })
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

/// How a session is known here, by what its cookie holds.
pub fn hashed(key: &str) -> Vec<u8> {
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
        assert!(store.session("0").expect("asked").is_none());
        let key = store.open_session(&account, Via::Web).expect("opened").key;
        let actor = Actor::of(account, Via::Web);
        store.close_session(&actor, &key).expect("closed");
        assert!(store.session(&key).expect("asked").is_none());
    }
}
